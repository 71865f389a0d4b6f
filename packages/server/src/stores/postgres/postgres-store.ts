import type { AccessTokenStore } from '../../ports/access-token-store.ts'
import type { CommitReport } from '../../ports/commit-report.ts'
import type { Store } from '../../ports/store.ts'
import { askingStatements } from '../sql/asking-statements.ts'
import { createPulse } from '../sql/pulse.ts'
import { createRunAgain } from '../sql/run-again.ts'
import { sqlStore } from '../sql/sql-store.ts'
import { createAsking } from './ask-postgres.ts'
import { postgresDialect } from './dialect.ts'
import type { PostgresPool } from './driver.ts'
import { openDatabase, tryWriting } from './open-database.ts'
import { isCutOff, mayRepeat, toStorageFault } from './to-storage-fault.ts'
import { borrow, createTransactions } from './transactions.ts'

export interface PostgresStoreOptions {
  /**
   * A `Pool` of `pg`. The store owns it from now on, and closes it. Give it a `connectionTimeoutMillis`; its `max` is
   * how many steps run at once.
   */
  readonly pool: PostgresPool
  /** How long one statement may take, 100 to 600 000 ms. Default 10 000. */
  readonly statementTimeoutMs?: number
  /** How long a step waits for rows that another one holds, 10 to 600 000 ms. Default 5000. */
  readonly lockTimeoutMs?: number
  /** How long to wait at the start for another process that upgrades the schema, 0 to 3 600 000 ms. Default 60 000. */
  readonly migrationWaitMs?: number
  /** Prepares each statement once a connection. False behind a proxy that does not keep them. Default true. */
  readonly preparedStatements?: boolean
  /** Is told how long each transaction waited for a connection and took. Default: nobody. */
  readonly observe?: (report: CommitReport) => void
  /** From 0 to less than 1; spreads those that met. Default `Math.random`. */
  readonly random?: () => number
}

/**
 * A store in Postgres 13 or newer, for any number of processes. Lies in the first schema of the search path, which
 * belongs to it alone; makes its tables there, or brings them up to date while other processes wait.
 *
 * @throws TypeError `"lockTimeoutMs" must be …`; {@link StoreUnusable} when the database cannot be used; the pool is
 * closed then.
 *
 * @example
 * import { Pool } from 'pg'
 * const pool = new Pool({ connectionString: 'postgres://weapp@db.internal/weapp', connectionTimeoutMillis: 5000 })
 * const store = await createPostgresStore({ pool })
 * await store.close()
 */
export async function createPostgresStore({
  pool,
  statementTimeoutMs = 10_000,
  lockTimeoutMs = 5000,
  migrationWaitMs = 60_000,
  preparedStatements = true,
  observe,
  random = Math.random,
}: PostgresStoreOptions): Promise<Store & AccessTokenStore> {
  if (typeof pool?.connect !== 'function') throw new TypeError('"pool" must be a Pool of pg')
  checkNumber('statementTimeoutMs', statementTimeoutMs, 100, 600_000)
  checkNumber('lockTimeoutMs', lockTimeoutMs, 10, 600_000)
  checkNumber('migrationWaitMs', migrationWaitMs, 0, 3_600_000)
  // The pool has dropped the connection already; who asks next gets another one, or is told.
  pool.on('error', () => undefined)
  await openDatabase(pool, { waitMs: migrationWaitMs, as: 'store' }).catch(async (error: unknown) => {
    await pool.end()
    throw error
  })

  // The server is the first to lose patience; this is for one that says nothing any more.
  const asking = createAsking({ patienceMs: statementTimeoutMs + 2000, prepare: preparedStatements })
  const brief = createAsking({ patienceMs: 1000, prepare: false })
  const pulse = createPulse({ beat: () => borrow(pool, one => tryWriting(asked => brief.query(one, asked))) })
  const runAgain = createRunAgain({ mayRepeat, isCutOff, random })
  const runner = createTransactions({ pool, pulse, asking, runAgain, statementTimeoutMs, lockTimeoutMs, observe })
  let ended: Promise<void> | undefined
  return {
    ...sqlStore(askingStatements(postgresDialect), runner),
    isShared: true,
    check: () =>
      pulse.hold(signal => borrow(pool, one => tryWriting(asked => asking.query(one, asked)), signal)).catch(tell),
    close() {
      pulse.close()
      ended ??= pool.end().catch(tell)
      return ended
    },
  }
}

function tell(error: unknown): never {
  throw toStorageFault(error)
}

function checkNumber(field: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new TypeError(`"${field}" must be a whole number from ${least} to ${most}`)
}
