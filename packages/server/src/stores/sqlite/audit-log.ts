import type { AuditAnchor, AuditDraft, AuditEntry } from '../../domain/audit-entry.ts'
import { linkAudit } from '../link-audit.ts'
import type { Statements } from './statements.ts'

/** The audit log: lines, and their head. */
export function auditLog(sql: Statements) {
  const add = sql.run<
    [number, number, AuditEntry['actor'], string, string | null, string | null, string, string, string]
  >(`
    INSERT INTO audit (seq, at, actor, act, app_id, subject, details, previous, hash)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const moveHead = sql.run<[seq: number, hash: string]>('UPDATE audit_head SET seq = ?, hash = ? WHERE id = 1')
  const { auditAfter, auditHead } = auditReading(sql)

  return {
    auditAfter,
    auditHead,
    appendAudit(draft: AuditDraft): AuditEntry {
      const entry = linkAudit(auditHead(), draft)
      const { seq, at, actor, act, appId, subject, details, previous, hash } = entry
      add(seq, at, actor, act, appId, subject, details, previous, hash)
      moveHead(seq, hash)
      return entry
    },
  }
}

/** The part that a file opened for reading has. */
export function auditReading(sql: Pick<Statements, 'one' | 'all'>) {
  const head = sql.one<[], AuditAnchor>('SELECT seq, hash FROM audit_head WHERE id = 1')
  const after = sql.all<[seq: number, limit: number], AuditEntry>(`
    SELECT seq, at, actor, act, app_id AS appId, subject, details, previous, hash FROM audit
    WHERE seq > ? ORDER BY seq LIMIT ?`)

  return {
    auditAfter: (seq: number, limit: number): readonly AuditEntry[] => after(seq, limit),
    /** Without its row nothing is remembered: the log was tampered with, and every check says so. */
    auditHead: (): AuditAnchor => head() ?? { seq: 0, hash: '' },
  }
}
