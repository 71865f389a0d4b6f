import type { AuditAnchor } from '../domain/audit-entry.ts'
import type { AuditReader } from '../ports/audit-store.ts'
import { type AuditVerdict, flawOf } from './verify-audit.ts'

/** As {@link AuditVerdict}, or: right so far, go on from `head`. */
export type AuditPartVerdict = AuditVerdict | { readonly status: 'unfinished'; readonly head: AuditAnchor }

const page = 500

/**
 * Checks the lines that follow from `after`, at most `most` of them, so that one request does not hold the server up.
 *
 * @throws StorageFault
 *
 * @example
 * const verdict = await checkAuditPart(store, auditStart, 5000)
 * if (verdict.status === 'unfinished') console.log('go on from', verdict.head.seq)
 */
export async function checkAuditPart(store: AuditReader, after: AuditAnchor, most: number): Promise<AuditPartVerdict> {
  const remembered = await store.auditHead()
  if (after.seq > 0) {
    const [first] = await store.auditAfter(after.seq - 1, 1)
    if (first?.seq !== after.seq) return { status: 'broken', seq: after.seq, flaw: first ? 'missing' : 'truncated' }
    if (first.hash !== after.hash) return { status: 'broken', seq: after.seq, flaw: 'not-anchored' }
  }
  let head = after
  while (head.seq - after.seq < most) {
    const entries = await store.auditAfter(head.seq, Math.min(page, most - (head.seq - after.seq)))
    for (const entry of entries) {
      const flaw = flawOf(entry, head)
      if (flaw !== null) return { status: 'broken', seq: flaw === 'missing' ? head.seq + 1 : entry.seq, flaw }
      head = { seq: entry.seq, hash: entry.hash }
      if (head.seq === remembered.seq && head.hash !== remembered.hash)
        return { status: 'broken', seq: head.seq, flaw: 'not-anchored' }
    }
    if (entries.length > 0) continue
    if (head.seq < remembered.seq) return { status: 'broken', seq: head.seq + 1, flaw: 'truncated' }
    const behind = head.seq > remembered.seq && (await store.auditHead()).seq < head.seq
    return behind ? { status: 'broken', seq: remembered.seq + 1, flaw: 'unlinked' } : { status: 'intact', head }
  }
  return { status: 'unfinished', head }
}
