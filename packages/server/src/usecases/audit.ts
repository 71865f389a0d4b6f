import type { AuditDraft } from '../domain/audit-entry.ts'
import type { AuditStore } from '../ports/audit-store.ts'
import type { Clock } from '../ports/clock.ts'

export interface AuditTools {
  readonly store: AuditStore
  readonly clock: Clock
}

/** Writes down what was done to a user, by whom. */
export interface Audit {
  append(act: Omit<AuditDraft, 'at'>): Promise<void>
}

export function createAudit({ store, clock }: AuditTools): Audit {
  return {
    async append(act) {
      await store.appendAudit({ ...act, at: clock.now() })
    },
  }
}
