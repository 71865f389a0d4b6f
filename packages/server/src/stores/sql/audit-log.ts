import type { AuditAnchor, AuditDraft, AuditEntry } from '../../domain/audit-entry.ts'
import { linkAudit } from '../link-audit.ts'
import type { Statements, Step } from './statements.ts'

const selectHead = 'SELECT seq, hash FROM audit_head WHERE id = 1'

/** Without its row nothing is remembered: the log was tampered with, and every check says so. */
const noHead: AuditAnchor = { seq: 0, hash: '' }

/** The audit log: lines, and their head. */
export function auditLog(sql: Statements) {
  const holdHead = sql.hold<[], AuditAnchor>(selectHead)
  const add = sql.run<
    [number, number, AuditEntry['actor'], string, string | null, string | null, string, string, string]
  >(`
    INSERT INTO audit (seq, at, actor, act, app_id, subject, details, previous, hash)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const moveHead = sql.run<[seq: number, hash: string]>('UPDATE audit_head SET seq = ?, hash = ? WHERE id = 1')

  return {
    ...auditReading(sql),
    /** Who holds the head appends; so this comes last in every step. */
    *appendAudit(draft: AuditDraft): Step<AuditEntry> {
      const entry = linkAudit((yield* holdHead()) ?? noHead, draft)
      const { seq, at, actor, act, appId, subject, details, previous, hash } = entry
      yield* add(seq, at, actor, act, appId, subject, details, previous, hash)
      yield* moveHead(seq, hash)
      return entry
    },
  }
}

/** The part that a file opened for reading has. */
export function auditReading(sql: Pick<Statements, 'one' | 'all'>) {
  const head = sql.one<[], AuditAnchor>(selectHead)
  const after = sql.all<[seq: number, limit: number], AuditEntry>(`
    SELECT seq, at, actor, act, app_id AS "appId", subject, details, previous, hash FROM audit
    WHERE seq > ? ORDER BY seq LIMIT ?`)
  const before = sql.all<[seq: number, limit: number], AuditEntry>(`
    SELECT seq, at, actor, act, app_id AS "appId", subject, details, previous, hash FROM audit
    WHERE seq < ? ORDER BY seq DESC LIMIT ?`)
  const beforeOf = sql.all<[subject: string, seq: number, limit: number], AuditEntry>(`
    SELECT seq, at, actor, act, app_id AS "appId", subject, details, previous, hash FROM audit
    WHERE subject = ? AND seq < ? ORDER BY seq DESC LIMIT ?`)

  return {
    auditBefore(input: { before: number | null; subject: string | null; limit: number }): Step<readonly AuditEntry[]> {
      const { subject, limit } = input
      const seq = input.before ?? Number.MAX_SAFE_INTEGER
      return subject === null ? before(seq, limit) : beforeOf(subject, seq, limit)
    },
    auditAfter: (seq: number, limit: number): Step<readonly AuditEntry[]> => after(seq, limit),
    *auditHead(): Step<AuditAnchor> {
      return (yield* head()) ?? noHead
    },
  }
}
