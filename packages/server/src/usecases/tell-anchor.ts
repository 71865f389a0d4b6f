import { auditStart } from '../domain/audit-entry.ts'
import { limits } from '../domain/limits.ts'
import type { AuditReader } from '../ports/audit-store.ts'
import type { Clock } from '../ports/clock.ts'
import type { Observe } from '../ports/observer.ts'

export interface TellAnchorTools {
  readonly store: AuditReader
  readonly clock: Clock
  readonly tell: Observe
}

/** Tells once a day where the audit log stands, when it has grown: logs are usually kept where the database is not. */
export function createTellAnchor({ store, clock, tell }: TellAnchorTools): () => Promise<void> {
  let next = Number.NEGATIVE_INFINITY
  let last = auditStart.seq
  return async function tellAnchor() {
    const now = clock.now()
    if (now < next) return
    const { seq, hash } = await store.auditHead()
    if (seq > last) tell({ type: 'audit-anchor', seq, hash })
    last = seq
    next = now + limits.auditAnchor
  }
}
