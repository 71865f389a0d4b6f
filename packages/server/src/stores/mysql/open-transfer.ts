import type { TransferTarget } from '../../ports/transfer-side.ts'
import { askingStatements } from '../sql/asking-statements.ts'
import { transferSide } from '../transfer/transfer-side.ts'
import { createConnections } from './connections.ts'
import { mysqlDialect } from './dialect.ts'
import type { MysqlPool } from './driver.ts'
import { openDatabase } from './open-database.ts'
import { createTransactions } from './transactions.ts'

export interface MysqlTransferOptions {
  /** A `Pool` of `mysql2/promise`, owned and closed here from now on. It needs three connections. */
  readonly pool: MysqlPool
  /** A target may be half full; both are brought up to date first. */
  readonly as: 'source' | 'target'
  /** How the database is called where it cannot be used; without a password. Default `MySQL`. */
  readonly name?: string
}

/** Long, because rows are counted. */
const timeout = 600_000
const waitSeconds = 5

/**
 * A database of MySQL or MariaDB as a side of a transfer. Nobody may serve it meanwhile.
 *
 * @throws StoreUnusable when the server cannot be used; the pool is closed then.
 *
 * @example
 * import { createPool } from 'mysql2/promise'
 * const pool = createPool({ uri: 'mysql://weapp:password@127.0.0.1/weapp' })
 * const target = await openMysqlTransfer({ pool, as: 'target' })
 */
export async function openMysqlTransfer({ pool, as, name = 'MySQL' }: MysqlTransferOptions): Promise<TransferTarget> {
  const connections = createConnections({ pool, waitSeconds, timeout })
  await openDatabase(connections, { name, migrationWaitMs: 60_000, as }).catch(async (error: unknown) => {
    await connections.close().catch(() => undefined)
    throw error
  })
  const runner = createTransactions({ connections })
  return {
    // AUTO_INCREMENT follows by itself ("AUTO_INCREMENT Handling in InnoDB", MySQL).
    ...transferSide({ sql: askingStatements(mysqlDialect(waitSeconds)), runner }),
    close: connections.close,
  }
}
