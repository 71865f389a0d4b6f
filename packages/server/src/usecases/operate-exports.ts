import type {
  AskBulkExportRequest,
  BulkExport,
  BulkExportAnswer,
  BulkExportStatus,
  BulkExportsAnswer,
} from '@weapp-auth/protocol/contract'
import type { AuditDetails } from '../domain/audit-entry.ts'
import type { Ids } from '../domain/ids.ts'
import { exportDownloads, limits, listedRows } from '../domain/limits.ts'
import type { Operator } from '../domain/operators.ts'
import { isoTime } from '../domain/phone-answer.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { Clock } from '../ports/clock.ts'
import type { ExportRow } from '../ports/export-store.ts'
import type { OperatorRow } from '../ports/operator-store.ts'
import type { Store } from '../ports/store.ts'
import { operatorLine } from './operator-line.ts'
import type { ExportCells, ReadExported } from './read-exported.ts'

export interface OperateExportsTools {
  readonly store: Store
  readonly readExported: ReadExported
  readonly clock: Clock
  readonly newId: Ids
}

export interface ExportFile {
  /** Such as `users-2026-11-21.csv`. */
  readonly name: string
  /** A page of the store at a time, headings first. Whoever stops reading calls `return`. */
  readonly pages: AsyncGenerator<readonly ExportCells[], void>
}

/**
 * Tables that operators take out. Every step is a line of the audit log: asked, approved or declined, downloaded, and how
 * many rows went. Each throws ProblemError export_unknown; and export_closed where the state of the export, or its time,
 * does not allow it.
 */
export interface OperateExports {
  list(query: { readonly after?: string; readonly limit?: number }): Promise<BulkExportsAnswer>
  /** What holds no full numbers is approved at once. */
  ask(input: AskBulkExportRequest, operator: Operator): Promise<BulkExportAnswer>
  /** Throws ProblemError export_second_person for who asked, and for an account that is not older than the request. */
  decide(id: string, decision: 'approved' | 'declined', operator: OperatorRow): Promise<BulkExportAnswer>
  /** Throws ProblemError export_second_person for anybody but who asked. */
  download(id: string, operator: Operator): Promise<ExportFile>
}

export function createOperateExports({ store, readExported, clock, newId }: OperateExportsTools): OperateExports {
  async function find(id: string): Promise<ExportRow> {
    const row = await store.findExport(id)
    if (!row) throw new ProblemError('export_unknown')
    return row
  }

  const line = (act: string, by: string, { id, kind, numbers }: ExportRow, more: AuditDetails = {}) =>
    operatorLine(act, clock.now(), by, { export: id, kind, numbers, ...more })

  /** The last line is written when all is sent, or when the reader goes away before. */
  async function* counted(row: ExportRow, by: string): ExportFile['pages'] {
    let rows = -1
    let whole = false
    try {
      for await (const page of readExported(row)) {
        yield page
        rows += page.length
      }
      whole = true
    } finally {
      await store.appendAudit(line('export-sent', by, row, { rows: Math.max(rows, 0), whole }))
    }
  }

  return {
    async list({ after, limit = listedRows }) {
      const rows = await store.listExports(after ?? null, limit)
      const now = clock.now()
      return {
        exports: rows.map(row => exportAnswer(row, now)),
        next: rows.length < limit ? null : (rows.at(-1)?.id ?? null),
      }
    },

    async ask({ kind, numbers = 'masked', appId = null, from, to, reason }, { name }) {
      const now = clock.now()
      const waits = numbers === 'full'
      const row: ExportRow = {
        id: newId(),
        kind,
        numbers,
        appId,
        from: from === undefined ? null : Date.parse(from),
        to: to === undefined ? null : Date.parse(to),
        reason,
        askedBy: name,
        askedAt: now,
        status: waits ? 'waiting' : 'approved',
        until: now + (waits ? limits.exportDecision : limits.exportDownload),
        decidedBy: null,
        decidedAt: null,
        downloadsLeft: waits ? 0 : exportDownloads,
      }
      const bounds = { from: from ?? null, to: to ?? null }
      await store.addExport(row, { ...line('export-asked', name, row, { ...bounds, reason }), appId })
      return { export: exportAnswer(row, now) }
    },

    async decide(id, status, { name: by, createdAt }) {
      const row = await find(id)
      if (row.askedBy === by || createdAt >= row.askedAt) throw new ProblemError('export_second_person')
      const now = clock.now()
      const until = now + limits.exportDownload
      const decision = status === 'approved' ? { status, until, downloads: exportDownloads } : { status }
      const audit = line(`export-${status}`, by, row, { askedBy: row.askedBy })
      if (!(await store.decideExport({ id, by, now, decision, audit }))) throw new ProblemError('export_closed')
      return { export: exportAnswer(await find(id), now) }
    },

    async download(id, { name: by }) {
      const row = await find(id)
      if (row.askedBy !== by) throw new ProblemError('export_second_person')
      const now = clock.now()
      const audit = line('export-downloaded', by, row)
      if (!(await store.takeExport({ id, by, now, audit }))) throw new ProblemError('export_closed')
      return { name: `${row.kind}-${isoTime(now).slice(0, 10)}.csv`, pages: counted(row, by) }
    },
  }
}

function statusOf({ status, until, downloadsLeft }: ExportRow, now: number): BulkExportStatus {
  if (status === 'declined') return 'declined'
  if (status === 'approved' && downloadsLeft === 0) return 'used'
  return until <= now ? 'expired' : status
}

function exportAnswer(row: ExportRow, now: number): BulkExport {
  const { id, kind, numbers, appId, from, to, reason, askedBy, askedAt, until, decidedBy, decidedAt, downloadsLeft } =
    row
  const time = (at: number | null) => (at === null ? null : isoTime(at))
  return {
    id,
    kind,
    numbers,
    appId,
    from: time(from),
    to: time(to),
    reason,
    askedBy,
    askedAt: isoTime(askedAt),
    status: statusOf(row, now),
    until: isoTime(until),
    decidedBy,
    decidedAt: time(decidedAt),
    downloadsLeft,
  }
}
