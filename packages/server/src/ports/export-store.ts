import type { ExportKind, ExportNumbers } from '@weapp-auth/protocol/contract'
import type { AuditDraft } from '../domain/audit-entry.ts'

/** What an operator asked to take out, and what became of it. */
export interface ExportRow {
  readonly id: string
  readonly kind: ExportKind
  readonly numbers: ExportNumbers
  readonly appId: string | null
  readonly from: number | null
  readonly to: number | null
  readonly reason: string
  /** Name of an operator; it stays theirs for ever. */
  readonly askedBy: string
  readonly askedAt: number
  readonly status: 'waiting' | 'approved' | 'declined'
  /** How long it can be decided, or downloaded. */
  readonly until: number
  readonly decidedBy: string | null
  readonly decidedAt: number | null
  readonly downloadsLeft: number
}

export interface DecideExport {
  readonly id: string
  readonly by: string
  readonly now: number
  readonly decision:
    | { readonly status: 'approved'; readonly until: number; readonly downloads: number }
    | { readonly status: 'declined' }
  readonly audit: AuditDraft
}

export interface TakeExport {
  readonly id: string
  readonly by: string
  readonly now: number
  readonly audit: AuditDraft
}

/** Tables that leave the server. Each step writes its line in the audit log, or does nothing. */
export interface ExportStore {
  addExport(row: ExportRow, audit: AuditDraft): Promise<void>
  findExport(id: string): Promise<ExportRow | null>
  /** The newest first: the ids behind `before`, which need not exist; `null`: from the newest. */
  listExports(before: string | null, limit: number): Promise<readonly ExportRow[]>
  /**
   * Race: of any number of callers who approve or decline exactly one gets true, nobody who asked for it themselves, and
   * nobody from `until` on.
   */
  decideExport(input: DecideExport): Promise<boolean>
  /**
   * Takes one download. Race: of any number of callers as many get true as downloads are left; nobody but who asked,
   * nobody before it is approved, and nobody from `until` on.
   */
  takeExport(input: TakeExport): Promise<boolean>
}
