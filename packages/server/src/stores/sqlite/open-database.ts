import { StoreUnusable, type StoreUnusableCode } from '../store-unusable.ts'
import type { SqliteDatabase } from './driver.ts'
import { lockInstance } from './lock-instance.ts'
import { migrate } from './migrate.ts'
import { sqliteCode } from './to-storage-fault.ts'

/**
 * Settings of the connection ("PRAGMA Statements", sqlite.org): a commit is on the disk when it returns (WAL with
 * synchronous FULL), and nothing is deleted that something else points to.
 */
export function openDatabase(database: SqliteDatabase, options: { busyTimeoutMs: number; cacheMb: number }): void {
  try {
    database.pragma(`busy_timeout = ${options.busyTimeoutMs}`)
    lockInstance(database)
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    database.pragma('foreign_keys = ON')
    database.pragma('temp_store = MEMORY')
    database.pragma(`cache_size = ${-1024 * options.cacheMb}`)
    migrate(database)
  } catch (error) {
    database.close()
    throw error instanceof StoreUnusable ? error : new StoreUnusable(reasonOf(error), database.name, error)
  }
}

function reasonOf(error: unknown): StoreUnusableCode {
  const code = sqliteCode(error)
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(code)) return 'damaged'
  if (/^SQLITE_(READONLY|CANTOPEN|PERM|IOERR_ACCESS)/.test(code)) return 'not-writable'
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return 'in-use'
  return code === 'SQLITE_FULL' ? 'no-space' : 'failed'
}
