import type { AuditDraft } from '../../domain/audit-entry.ts'
import { limits } from '../../domain/limits.ts'
import type { ExportRow, ExportStore } from '../../ports/export-store.ts'

/** Tables that operators ask to take out; what it answers is done when it returns. */
export function createExports({ append }: { readonly append: (draft: AuditDraft) => void }) {
  const rows = new Map<string, ExportRow>()

  const store: ExportStore = {
    async addExport(row, audit) {
      rows.set(row.id, row)
      append(audit)
    },
    findExport: async id => rows.get(id) ?? null,
    async listExports(before, limit) {
      const known = [...rows.values()].filter(({ id }) => before === null || id < before)
      return known.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, limit)
    },
    async decideExport({ id, by, now, decision, audit }) {
      const row = rows.get(id)
      if (row?.status !== 'waiting' || row.until <= now || row.askedBy === by) return false
      const { status } = decision
      const opened = status === 'approved' ? { until: decision.until, downloadsLeft: decision.downloads } : {}
      rows.set(id, { ...row, status, decidedBy: by, decidedAt: now, ...opened })
      append(audit)
      return true
    },
    async takeExport({ id, by, now, audit }) {
      const row = rows.get(id)
      if (row?.status !== 'approved' || row.until <= now || row.downloadsLeft === 0 || row.askedBy !== by) return false
      rows.set(id, { ...row, downloadsLeft: row.downloadsLeft - 1 })
      append(audit)
      return true
    },
  }

  return {
    store,
    sweep(now: number): number {
      const past = [...rows.values()].filter(({ until }) => until <= now - limits.exportListed)
      for (const { id } of past) rows.delete(id)
      return past.length
    },
  }
}
