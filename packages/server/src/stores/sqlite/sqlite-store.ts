import type { AccessTokenStore } from '../../ports/access-token-store.ts'
import type { CommitReport } from '../../ports/commit-report.ts'
import type { Store } from '../../ports/store.ts'
import { sqlStore } from '../sql/sql-store.ts'
import type { StepRunner } from '../sql/statements.ts'
import { createCheck } from './create-check.ts'
import type { SqliteDatabase } from './driver.ts'
import { createGroupCommit, type GroupCommit } from './group-commit.ts'
import { openDatabase } from './open-database.ts'
import { runNow, sqliteStatements } from './sqlite-statements.ts'
import { toStorageFault } from './to-storage-fault.ts'

export interface SqliteStoreOptions {
  /** A `Database` of `better-sqlite3`, just opened. The store sets it up, owns it from now on, and closes it. */
  readonly database: SqliteDatabase
  /** How long a step waits for a lock that another program holds, 0 to 60 000 ms. Default 2000. Questions are answered meanwhile. */
  readonly busyTimeoutMs?: number
  /** Pages kept in memory, 1 to 4096 MiB. Default 64. */
  readonly cacheMb?: number
  /**
   * How much of the file is read where the system keeps it, instead of being copied, 0 to 65 536 MiB ("Memory-Mapped
   * I/O", sqlite.org; the driver takes no more than 2047). Random reads of a large file cost a third less. The pages
   * count as memory of the process; the system takes them back when it needs them. Default 2047.
   */
  readonly mappedMb?: number
  /**
   * Works beside the process that serves this file, for operators' steps such as `administer`: keeps nobody off, and
   * changes no schema that is in use. Default false.
   */
  readonly beside?: boolean
  /** Is told how long each commit waited and took. Default: nobody. */
  readonly observe?: (report: CommitReport) => void
}

/**
 * A store in one SQLite file: durable (WAL, synchronous FULL), for one process. The file is created with its schema, or
 * brought up to date; `<name>-instance` beside it keeps a second process off.
 *
 * @throws TypeError `"cacheMb" must be …`; {@link StoreUnusable} when the file cannot be used; the database is
 * closed then.
 *
 * @example
 * import Database from 'better-sqlite3'
 * const store = createSqliteStore({ database: new Database('weapp-auth.sqlite') })
 * await store.close()
 */
export function createSqliteStore({
  database,
  busyTimeoutMs = 2000,
  cacheMb = 64,
  mappedMb = 2047,
  beside = false,
  observe,
}: SqliteStoreOptions): Store & AccessTokenStore {
  if (typeof database?.prepare !== 'function') throw new TypeError('"database" must be a Database of better-sqlite3')
  checkNumber('busyTimeoutMs', busyTimeoutMs, 0, 60_000)
  checkNumber('cacheMb', cacheMb, 1, 4096)
  checkNumber('mappedMb', mappedMb, 0, 65_536)
  openDatabase(database, { busyTimeoutMs, cacheMb, mappedMb, beside })

  // The driver waits with the whole process, so it waits no longer than a commit of somebody else takes.
  database.pragma(`busy_timeout = ${Math.min(busyTimeoutMs, briefMs)}`)
  const { step, close } = createGroupCommit({ database, observe, patienceMs: busyTimeoutMs })
  const check = createCheck(database, step)
  let isClosed = false
  const store = sqlStore(sqliteStatements(database), sqliteRunner(step))

  return {
    ...store,
    isShared: false,
    check,
    async close() {
      if (!isClosed) database.pragma(`busy_timeout = ${busyTimeoutMs}`)
      isClosed = true
      close()
      ask(() => database.close())
    },
  }
}

const briefMs = 5

/** Questions see what is committed: a transaction begins and ends without a pause, so none is open here. */
export function sqliteRunner(step: GroupCommit['step']): StepRunner {
  return { read: async work => ask(() => runNow(work)), step: work => step(() => runNow(work)) }
}

function ask<T>(question: () => T): T {
  try {
    return question()
  } catch (error) {
    throw toStorageFault(error)
  }
}

function checkNumber(field: string, value: number, least: number, most: number): void {
  if (!Number.isFinite(value) || value < least || value > most)
    throw new TypeError(`"${field}" must be a number from ${least} to ${most}`)
}
