import type { AuditReader } from './audit-store.ts'

/** A row as its cells, in the order in which the columns of its table are described. */
export type TransferRow = readonly (string | number | Uint8Array | null)[]

/** How far a table is. */
export interface TransferMark {
  /** Key of the last row, as text; `null`: there was none. */
  readonly after: string | null
  readonly rows: number
  /** SHA-256, 64 hex digits, over all rows up to here in the order of their keys. */
  readonly hash: string
}

/** Before the first row. */
export const transferStart: TransferMark = { after: null, rows: 0, hash: '0'.repeat(64) }

/** The next rows of a table. */
export interface TransferBatch {
  /** Empty: there are no more. */
  readonly rows: readonly TransferRow[]
  /** Key of the last of them, as text. */
  readonly after: string | null
}

/** A database that data comes from. Every method may throw StorageFault. */
export interface TransferSource extends AuditReader {
  /** Every table, in an order in which what a row refers to comes before it. */
  readonly tables: readonly string[]
  /** 64 hex digits that no other database has, and that stay while its data moves. */
  identify(): Promise<string>
  countRows(table: string): Promise<number>
  /** Rows behind a key, in the order of keys, which is the same in all databases: integers, or bytes, or text by its bytes. */
  rowsAfter(table: string, after: string | null): Promise<TransferBatch>
  close(): Promise<void>
}

/** A transfer into a database, as that remembers it. */
export interface TransferRecord {
  /** What `identify` of the source said. */
  readonly source: string
  /** Milliseconds since 1970; `null`: under way. Until then no store opens this database. */
  readonly finishedAt: number | null
  readonly marks: ReadonlyMap<string, TransferMark>
}

export type BeginTransferOutcome =
  | { readonly status: 'begun' }
  | { readonly status: 'not-empty'; readonly table: string }
  | { readonly status: 'overtaken' }

/** A database that data goes to. */
export interface TransferTarget extends TransferSource {
  /** `null`: nothing was ever transferred into it. */
  record(): Promise<TransferRecord | null>
  /**
   * Remembers the source, if there are no rows but those of a new database, and removes these.
   * Race: of several callers one gets `begun`, the others `overtaken`.
   */
  begin(source: string, now: number): Promise<BeginTransferOutcome>
  /**
   * Writes rows and moves the mark of their table, in one transaction.
   * Race: false, and nothing is written, when the mark is not at `from` any more: somebody else transfers too.
   */
  write(table: string, rows: readonly TransferRow[], from: TransferMark, to: TransferMark): Promise<boolean>
  /** Makes the numbers of new rows follow those that came, and opens the database to stores. */
  finish(now: number): Promise<void>
}
