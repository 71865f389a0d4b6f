import type { AuditAnchor, AuditDraft, AuditEntry } from '../domain/audit-entry.ts'

/** What was done with users' data, and by whom. Lines are added and never changed or removed. */
export interface AuditStore extends AuditReader {
  /**
   * Numbers the line, links it to the one before, and moves the head.
   * Race: of any number of callers each gets another number, without a gap, and the chain never forks.
   */
  appendAudit(draft: AuditDraft): Promise<AuditEntry>
  /** The lines before number `before`, the newest first, of one subject or of all; `null`: from the latest, of all. */
  auditBefore(input: {
    readonly before: number | null
    readonly subject: string | null
    readonly limit: number
  }): Promise<readonly AuditEntry[]>
}

/** Enough to check the chain. */
export interface AuditReader {
  /** The lines behind number `seq`, the oldest first, at most `limit`. */
  auditAfter(seq: number, limit: number): Promise<readonly AuditEntry[]>
  /** The latest line, as it is remembered apart from the lines; number 0 and 64 zeros when there is none. */
  auditHead(): Promise<AuditAnchor>
}
