import { type AuditPlace, type AuditVerificationAnswer, adminRoutes } from '@weapp-auth/protocol/contract'
import type { Answer } from './api/ask.ts'
import { askAs } from './api/session.ts'

/** Up to which line the chain is as it was written, or where and how it is not. */
export interface Verified {
  readonly intact: boolean
  readonly seq: number
  readonly flaw: string | null
}

/** Goes through the whole chain, as many lines a request as the server checks at once. */
export async function verifyAudit(tell: (seq: number) => void): Promise<Answer<Verified>> {
  let head: AuditPlace | null = null
  for (;;) {
    const query: Record<string, string> = head === null ? {} : { seq: String(head.seq), hash: head.hash }
    const came: Answer<AuditVerificationAnswer> = await askAs<AuditVerificationAnswer>(adminRoutes.auditVerification, {
      query,
    })
    if (!came.ok) return came
    if (came.body.status === 'broken')
      return { ok: true, body: { intact: false, seq: came.body.seq, flaw: came.body.flaw } }
    head = came.body.head
    if (came.body.status === 'intact') return { ok: true, body: { intact: true, seq: head.seq, flaw: null } }
    tell(head.seq)
  }
}
