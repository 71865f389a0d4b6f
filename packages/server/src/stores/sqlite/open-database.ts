import { StoreUnusable, type StoreUnusableCode } from '../store-unusable.ts'
import { type OpenedAs, unfinishedTransfer } from '../transfer/unfinished-transfer.ts'
import type { SqliteDatabase } from './driver.ts'
import { lockInstance, lockUnlessServed, unlockInstance } from './lock-instance.ts'
import { isUpToDate, migrate } from './migrate.ts'
import { isFull, sqliteCode } from './to-storage-fault.ts'

/**
 * Settings of the connection ("PRAGMA Statements", sqlite.org): a commit is on the disk when it returns (WAL with
 * synchronous FULL), and nothing is deleted that something else points to.
 */
export function openDatabase(
  database: SqliteDatabase,
  options: { busyTimeoutMs: number; cacheMb: number; mappedMb: number; beside: boolean; as?: OpenedAs },
): void {
  try {
    if (database.readonly) throw new StoreUnusable('not-writable', database.name)
    // Whoever works beside does not wait for the one who serves.
    database.pragma(`busy_timeout = ${options.beside ? 0 : options.busyTimeoutMs}`)
    const isAlone = options.beside ? lockUnlessServed(database) : lockInstance(database)
    database.pragma(`busy_timeout = ${options.busyTimeoutMs}`)
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    // Copied back into the file each 16 MB: fewer, larger copies cost a fifth less a login than SQLite's 4 MB.
    database.pragma('wal_autocheckpoint = 4000')
    database.pragma('foreign_keys = ON')
    // What is deleted or overwritten is zeroed in its page, which is written anyway: an erased user's key among it.
    database.pragma('secure_delete = FAST')
    database.pragma('temp_store = MEMORY')
    database.pragma(`mmap_size = ${options.mappedMb * 2 ** 20}`)
    database.pragma(`cache_size = ${-1024 * options.cacheMb}`)
    if (isAlone) migrate(database)
    else if (!isUpToDate(database)) throw new StoreUnusable('in-use', database.name)
    if (options.beside) unlockInstance(database)
    if (options.as !== 'target' && database.prepare(unfinishedTransfer).get())
      throw new StoreUnusable('transfer-unfinished', database.name)
    tryWriting(database)
  } catch (error) {
    database.close()
    throw storeUnusable(error, database.name)
  }
}

export function storeUnusable(error: unknown, name: string): StoreUnusable {
  return error instanceof StoreUnusable ? error : new StoreUnusable(reasonOf(error), name, error)
}

/**
 * Takes the write lock, writes, and takes it back; nothing reaches the disk. `BEGIN IMMEDIATE` alone is content with a
 * file that SQLite could only open for reading.
 */
function tryWriting(database: SqliteDatabase): void {
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
  return isFull(code) ? 'no-space' : 'failed'
}
