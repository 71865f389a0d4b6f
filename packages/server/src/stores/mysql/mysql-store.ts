import type { AccessTokenStore } from '../../ports/access-token-store.ts'
import type { CommitReport } from '../../ports/commit-report.ts'
import type { Store } from '../../ports/store.ts'
import { askingStatements } from '../sql/asking-statements.ts'
import { sqlStore } from '../sql/sql-store.ts'
import { createConnections } from './connections.ts'
import { mysqlDialect } from './dialect.ts'
import type { MysqlPool } from './driver.ts'
import { openDatabase, tryWriting } from './open-database.ts'
import { createTransactions } from './transactions.ts'

export interface MysqlStoreOptions {
  /**
   * A `Pool` of `mysql2/promise` for this store alone, which sets its connections up, owns it from now on, and closes
   * it. Leave its `charset`, `flags` and forms of answers as they are.
   */
  readonly pool: MysqlPool
  /** How the database is called where it cannot be used; without a password. Default `MySQL`. */
  readonly name?: string
  /** How long one statement may take, 1000 to 600 000 ms; at least a second more than `lockTimeoutMs`. Default 10 000. */
  readonly statementTimeoutMs?: number
  /** How long a step waits for rows that another one holds, 1000 to 600 000 ms, in whole seconds. Default 5000. */
  readonly lockTimeoutMs?: number
  /** How long to wait at the start for another process that upgrades the schema, 0 to 3 600 000 ms. Default 60 000. */
  readonly migrationWaitMs?: number
  /** Is told how long each transaction waited for a connection and took. Default: nobody. */
  readonly observe?: (report: CommitReport) => void
  /** From 0 to less than 1: how long transactions that met wait before they run again. Default `Math.random`. */
  readonly random?: () => number
}

/**
 * A store in MySQL (8.0.17 or newer) or MariaDB (10.6 or newer), for any number of processes. The tables are created in
 * the database that the pool connects to, or brought up to date; of processes that start at once one does it.
 *
 * @throws TypeError `"lockTimeoutMs" must be …`; {@link StoreUnusable} when the server cannot be used; the pool is
 * closed then.
 *
 * @example
 * import { createPool } from 'mysql2/promise'
 * const pool = createPool({ uri: 'mysql://weapp:password@127.0.0.1/weapp', connectionLimit: 16 })
 * const store = await createMysqlStore({ pool })
 * await store.close()
 */
export async function createMysqlStore({
  pool,
  name = 'MySQL',
  statementTimeoutMs = 10_000,
  lockTimeoutMs = 5000,
  migrationWaitMs = 60_000,
  observe,
  random,
}: MysqlStoreOptions): Promise<Store & AccessTokenStore> {
  if (typeof pool?.getConnection !== 'function') throw new TypeError('"pool" must be a Pool of mysql2/promise')
  checkNumber('statementTimeoutMs', statementTimeoutMs, 1000, 600_000)
  checkNumber('lockTimeoutMs', lockTimeoutMs, 1000, 600_000)
  checkNumber('migrationWaitMs', migrationWaitMs, 0, 3_600_000)
  const waitSeconds = Math.ceil(lockTimeoutMs / 1000)
  // The server says first that somebody else is in the way.
  const timeout = Math.max(statementTimeoutMs, (waitSeconds + 1) * 1000)
  const connections = createConnections({ pool, waitSeconds, timeout, watched: true })
  try {
    await openDatabase(connections, { name, migrationWaitMs, as: 'store' })
  } catch (error) {
    await connections.close().catch(() => undefined)
    throw error
  }
  const sql = askingStatements(mysqlDialect(waitSeconds))
  const runner = createTransactions({ connections, observe, random })
  const tryToWrite = sql.run<[id: number]>(tryWriting)

  return {
    ...sqlStore(sql, runner),
    isShared: true,
    check: () => runner.read(() => tryToWrite(0)).then(() => undefined),
    close: connections.close,
  }
}

function checkNumber(field: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new TypeError(`"${field}" must be a whole number from ${least} to ${most}`)
}
