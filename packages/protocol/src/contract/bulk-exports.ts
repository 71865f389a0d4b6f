import type { Listed } from './answers.ts'

/** What leaves as a table: users with their current number, lines of the audit log, lines of the consents. */
export const exportKinds = ['users', 'audit', 'consents'] as const
export type ExportKind = (typeof exportKinds)[number]

/**
 * How numbers and names of users stand in it. `full` needs the word of a second operator; `masked` does not, and nor do
 * the other kinds, which hold neither.
 */
export type ExportNumbers = 'masked' | 'full'

export interface AskBulkExportRequest {
  readonly kind: ExportKind
  /** Only of users. Default `masked`. */
  readonly numbers?: ExportNumbers
  /** One mini program. Default: all. */
  readonly appId?: string
  /** ISO 8601, by when the user came, or the line was written: from this time on, and before the other. Default: no bound. */
  readonly from?: string
  readonly to?: string
  /** 4 to 200 characters, such as the number of a ticket; no personal data. */
  readonly reason: string
}

/**
 * - `waiting` for a second operator, until `until`;
 * - `approved`: whoever asked may download it, until `until`, `downloadsLeft` times;
 * - `used`: all downloads are taken;
 * - `declined`, `expired`: nothing can be downloaded any more; ask again.
 */
export type BulkExportStatus = 'waiting' | 'approved' | 'used' | 'declined' | 'expired'

export interface BulkExport {
  readonly id: string
  readonly kind: ExportKind
  readonly numbers: ExportNumbers
  readonly appId: string | null
  readonly from: string | null
  readonly to: string | null
  readonly reason: string
  readonly askedBy: string
  readonly askedAt: string
  readonly status: BulkExportStatus
  readonly until: string
  /** `null`: nobody yet, or nobody had to. */
  readonly decidedBy: string | null
  readonly decidedAt: string | null
  readonly downloadsLeft: number
}

/** The newest first. */
export interface BulkExportsAnswer extends Listed {
  readonly exports: readonly BulkExport[]
}

export interface BulkExportAnswer {
  readonly export: BulkExport
}
