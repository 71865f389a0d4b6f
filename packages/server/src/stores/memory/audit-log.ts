import { type AuditDraft, type AuditEntry, auditStart } from '../../domain/audit-entry.ts'
import type { AuditStore } from '../../ports/audit-store.ts'
import { linkAudit } from '../link-audit.ts'

/** The audit log in memory; what it answers is done when it returns. */
export interface AuditLog {
  readonly store: AuditStore
  append(draft: AuditDraft): AuditEntry
}

export function createAuditLog(): AuditLog {
  const entries: AuditEntry[] = []

  function append(draft: AuditDraft): AuditEntry {
    const entry = linkAudit(entries.at(-1) ?? auditStart, draft)
    entries.push(entry)
    return entry
  }

  return {
    append,
    store: {
      appendAudit: async draft => append(draft),
      async auditBefore({ before, subject, limit }) {
        const older = before === null ? entries : entries.slice(0, Math.max(0, before - 1))
        return older
          .filter(one => subject === null || one.subject === subject)
          .slice(-limit)
          .reverse()
      },
      auditAfter: async (seq, limit) => entries.slice(seq, seq + limit),
      async auditHead() {
        const { seq, hash } = entries.at(-1) ?? auditStart
        return { seq, hash }
      },
    },
  }
}
