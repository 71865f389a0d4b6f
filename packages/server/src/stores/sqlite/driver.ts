import type { Cell } from '../sql/statements.ts'

/** The part of a prepared statement of `better-sqlite3` that is needed. */
export interface SqliteStatement {
  get(...values: Cell[]): unknown
  all(...values: Cell[]): unknown[]
  /** From now on rows are arrays. */
  raw(): SqliteStatement
  columns(): readonly { readonly name: string }[]
  run(...values: Cell[]): { readonly changes: number; readonly lastInsertRowid: number | bigint }
}

/** The part of a `Database` of `better-sqlite3` (version 12) that is needed. */
export interface SqliteDatabase {
  /** The path it was opened with. */
  readonly name: string
  readonly memory: boolean
  readonly readonly: boolean
  readonly inTransaction: boolean
  prepare(sql: string): SqliteStatement
  exec(sql: string): unknown
  pragma(text: string, options?: { simple?: boolean }): unknown
  close(): unknown
}
