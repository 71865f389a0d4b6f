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
    if (database.readonly) throw new StoreUnusable('not-writable', database.name)
    database.pragma(`busy_timeout = ${options.busyTimeoutMs}`)
    lockInstance(database)
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    // Copied back into the file each 16 MB: fewer, larger copies cost a fifth less a login than SQLite's 4 MB.
    database.pragma('wal_autocheckpoint = 4000')
    database.pragma('foreign_keys = ON')
    // What is deleted or overwritten is zeroed in its page, which is written anyway: an erased user's key among it.
    database.pragma('secure_delete = FAST')
    database.pragma('temp_store = MEMORY')
    database.pragma(`cache_size = ${-1024 * options.cacheMb}`)
    migrate(database)
    tryWriting(database)
  } catch (error) {
    database.close()
    throw error instanceof StoreUnusable ? error : new StoreUnusable(reasonOf(error), database.name, error)
  }
}

/**
 * Takes the write lock, writes, and takes it back; nothing reaches the disk. `BEGIN IMMEDIATE` alone is content with a
 * file that SQLite could only open for reading.
 */
export function tryWriting(database: SqliteDatabase): void {
  try {
    database.exec('BEGIN IMMEDIATE; PRAGMA user_version = 1')
  } finally {
    if (database.inTransaction) database.exec('ROLLBACK')
  }
}

function reasonOf(error: unknown): StoreUnusableCode {
  const code = sqliteCode(error)
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(code)) return 'damaged'
  if (/^SQLITE_(READONLY|CANTOPEN|PERM|IOERR_ACCESS)/.test(code)) return 'not-writable'
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return 'in-use'
  return code === 'SQLITE_FULL' ? 'no-space' : 'failed'
}
