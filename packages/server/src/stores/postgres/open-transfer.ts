import type { TransferTarget } from '../../ports/transfer-side.ts'
import { askingStatements } from '../sql/asking-statements.ts'
import { createRunAgain } from '../sql/run-again.ts'
import { transferSide } from '../transfer/transfer-side.ts'
import { createAsking } from './ask-postgres.ts'
import { postgresDialect } from './dialect.ts'
import type { PostgresPool } from './driver.ts'
import { openDatabase } from './open-database.ts'
import { mayRepeat } from './to-storage-fault.ts'
import { createTransactions } from './transactions.ts'

export interface PostgresTransferOptions {
  /** A `Pool` of `pg`, owned and closed here from now on. It needs three connections. */
  readonly pool: PostgresPool
  /** A target may be half full; both are brought up to date first. */
  readonly as: 'source' | 'target'
}

/** Long, because rows are counted. */
const statementTimeoutMs = 600_000

/**
 * A Postgres database as a side of a transfer. Nobody may serve it meanwhile.
 *
 * @throws StoreUnusable when the database cannot be used; the pool is closed then.
 *
 * @example
 * import { Pool } from 'pg'
 * const pool = new Pool({ connectionString: 'postgres://weapp@db.internal/weapp', connectionTimeoutMillis: 5000 })
 * const target = await openPostgresTransfer({ pool, as: 'target' })
 */
export async function openPostgresTransfer({ pool, as }: PostgresTransferOptions): Promise<TransferTarget> {
  pool.on('error', () => undefined)
  await openDatabase(pool, { waitMs: 60_000, as }).catch(async (error: unknown) => {
    await pool.end()
    throw error
  })
  const asking = createAsking({ patienceMs: statementTimeoutMs + 2000, prepare: true })
  const runAgain = createRunAgain({ mayRepeat })
  const sql = askingStatements(postgresDialect)
  const runner = createTransactions({ pool, asking, runAgain, statementTimeoutMs, lockTimeoutMs: 5000 })
  return {
    ...transferSide({
      sql,
      runner,
      // An empty table begins at 1 anyway.
      *moveRowNumbers(table) {
        const text = `SELECT setval(pg_get_serial_sequence('"${table}"', 'id'), max(id)) FROM "${table}" HAVING count(*) > 0`
        yield { text, values: [] }
      },
    }),
    close: () => pool.end(),
  }
}
