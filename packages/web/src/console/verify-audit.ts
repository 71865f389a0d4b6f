import { type AuditPlace, type AuditVerificationAnswer, adminRoutes } from '@weapp-auth/protocol/contract'
import type { Answer } from './api/ask.ts'
import { askAs } from './api/session.ts'

/** The last line, when all are as they were written; or where and how they are not. */
export type Verified =
  | { readonly intact: true; readonly head: AuditPlace }
  | { readonly intact: false; readonly seq: number; readonly flaw: Flaw }

type Flaw = Extract<AuditVerificationAnswer, { status: 'broken' }>['flaw']

/**
 * Goes through the chain, as many lines a request as the server checks at once: all of it, or what follows from a place
 * that was kept elsewhere.
 */
export async function verifyAudit(from: AuditPlace | null, tell: (seq: number) => void): Promise<Answer<Verified>> {
  let head = from
  for (;;) {
    const query: Record<string, string> = head === null ? {} : { seq: String(head.seq), hash: head.hash }
    const came: Answer<AuditVerificationAnswer> = await askAs<AuditVerificationAnswer>(adminRoutes.auditVerification, {
      query,
    })
    if (!came.ok) return came
    if (came.body.status === 'broken')
      return { ok: true, body: { intact: false, seq: came.body.seq, flaw: came.body.flaw } }
    head = came.body.head
    if (came.body.status === 'intact') return { ok: true, body: { intact: true, head } }
    tell(head.seq)
  }
}
