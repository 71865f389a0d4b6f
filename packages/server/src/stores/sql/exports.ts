import type { AuditDraft } from '../../domain/audit-entry.ts'
import type { DecideExport, ExportRow, TakeExport } from '../../ports/export-store.ts'
import { auditLog } from './audit-log.ts'
import { behindAllIds } from './behind-all.ts'
import type { Cell, Statements, Step } from './statements.ts'

const columns = `id, kind, numbers, app_id AS "appId", rows_from AS "from", rows_to AS "to", reason, asked_by AS "askedBy",
  asked_at AS "askedAt", status, until, decided_by AS "decidedBy", decided_at AS "decidedAt",
  downloads_left AS "downloadsLeft"`

/** Tables that operators ask to take out. */
export function exportRequests(sql: Statements) {
  const { appendAudit } = auditLog(sql)
  const add = sql.run<Cell[]>(`
    INSERT INTO export_request
      (id, kind, numbers, app_id, rows_from, rows_to, reason, asked_by, asked_at, status, until, decided_by, decided_at,
       downloads_left)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const find = sql.one<[id: string], ExportRow>(`SELECT ${columns} FROM export_request WHERE id = ?`)
  const list = sql.all<[before: string, limit: number], ExportRow>(
    `SELECT ${columns} FROM export_request WHERE id < ? ORDER BY id DESC LIMIT ?`,
  )
  const approve = sql.run<
    [by: string, at: number, until: number, downloads: number, id: string, now: number, by: string]
  >(`
    UPDATE export_request SET status = 'approved', decided_by = ?, decided_at = ?, until = ?, downloads_left = ?
    WHERE id = ? AND status = 'waiting' AND until > ? AND asked_by <> ?`)
  const decline = sql.run<[by: string, at: number, id: string, now: number, by: string]>(`
    UPDATE export_request SET status = 'declined', decided_by = ?, decided_at = ?
    WHERE id = ? AND status = 'waiting' AND until > ? AND asked_by <> ?`)
  const take = sql.run<[id: string, now: number, by: string]>(`
    UPDATE export_request SET downloads_left = downloads_left - 1
    WHERE id = ? AND status = 'approved' AND until > ? AND downloads_left > 0 AND asked_by = ?`)

  function* written(changes: number, audit: AuditDraft): Step<boolean> {
    if (changes > 0) yield* appendAudit(audit)
    return changes > 0
  }

  return {
    *addExport(row: ExportRow, audit: AuditDraft): Step<void> {
      const { id, kind, numbers, appId, from, to, reason, askedBy, askedAt, status } = row
      const { until, decidedBy, decidedAt, downloadsLeft } = row
      const first = [id, kind, numbers, appId, from, to, reason, askedBy, askedAt, status]
      yield* add(...first, until, decidedBy, decidedAt, downloadsLeft)
      yield* appendAudit(audit)
    },
    *findExport(id: string): Step<ExportRow | null> {
      return (yield* find(id)) ?? null
    },
    listExports: (before: string | null, limit: number): Step<readonly ExportRow[]> =>
      list(before ?? behindAllIds, limit),
    *decideExport({ id, by, now, decision, audit }: DecideExport): Step<boolean> {
      const changes =
        decision.status === 'approved'
          ? yield* approve(by, now, decision.until, decision.downloads, id, now, by)
          : yield* decline(by, now, id, now, by)
      return yield* written(changes, audit)
    },
    *takeExport({ id, by, now, audit }: TakeExport): Step<boolean> {
      return yield* written(yield* take(id, now, by), audit)
    },
  }
}
