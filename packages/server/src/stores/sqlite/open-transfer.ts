import type { TransferTarget } from '../../ports/transfer-side.ts'
import { transferSide } from '../transfer/transfer-side.ts'
import type { SqliteDatabase } from './driver.ts'
import { createGroupCommit } from './group-commit.ts'
import { openDatabase } from './open-database.ts'
import { sqliteStatements } from './sqlite-statements.ts'
import { sqliteRunner } from './sqlite-store.ts'

export interface SqliteTransferOptions {
  /** A `Database` of `better-sqlite3`, just opened; owned and closed here from now on. */
  readonly database: SqliteDatabase
  /** A target may be half full; both are brought up to date first, and nobody else has the file meanwhile. */
  readonly as: 'source' | 'target'
}

/**
 * A SQLite file as a side of a transfer.
 *
 * @throws StoreUnusable when the file cannot be used, such as `in-use` while a server has it; it is closed then.
 *
 * @example
 * import Database from 'better-sqlite3'
 * const source = openSqliteTransfer({ database: new Database('weapp-auth.sqlite'), as: 'source' })
 */
export function openSqliteTransfer({ database, as }: SqliteTransferOptions): TransferTarget {
  openDatabase(database, { busyTimeoutMs: 2000, cacheMb: 64, mappedMb: 0, beside: false, as })
  const { step, close } = createGroupCommit({ database })
  return {
    ...transferSide({ sql: sqliteStatements(database), runner: sqliteRunner(step) }),
    async close() {
      close()
      database.close()
    },
  }
}
