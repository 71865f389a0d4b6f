import { StoreUnusable } from '../store-unusable.ts'
import type { SqliteDatabase } from './driver.ts'
import { sqliteCode } from './to-storage-fault.ts'

/**
 * Keeps a second process off the file, for as long as this connection lives and however this process ends: a small
 * database beside it, `<name>-instance`, is attached and stays locked (`locking_mode = EXCLUSIVE`). The operating system
 * gives the lock back when the process dies. The main file itself stays readable for `sqlite3` and backups.
 *
 * The file is never removed: a lock on a removed file keeps nobody off.
 *
 * @throws StoreUnusable `in-use`.
 */
export function lockInstance(database: SqliteDatabase): true {
  if (database.memory || database.name === '') return true
  database.prepare('ATTACH DATABASE ? AS instance').run(`${database.name}-instance`)
  database.pragma('instance.locking_mode = EXCLUSIVE')
  // Nothing needs remembering in it: only a write takes the lock.
  database.pragma('instance.journal_mode = MEMORY')
  database.pragma('instance.synchronous = OFF')
  try {
    database.exec('PRAGMA instance.user_version = 1')
    return true
  } catch (error) {
    if (!sqliteCode(error).startsWith('SQLITE_BUSY')) throw error
    throw new StoreUnusable('in-use', database.name, error)
  }
}

/** The same for who only works beside: false when another process serves the file. See {@link unlockInstance}. */
export function lockUnlessServed(database: SqliteDatabase): boolean {
  try {
    return lockInstance(database)
  } catch (error) {
    if (error instanceof StoreUnusable || sqliteCode(error).startsWith('SQLITE_BUSY')) return false
    throw error
  }
}

/** Lets a server have the file. */
export function unlockInstance(database: SqliteDatabase): void {
  const isAttached = database.prepare("SELECT 1 FROM pragma_database_list WHERE name = 'instance'").get()
  if (isAttached) database.exec('DETACH DATABASE instance')
}
