import { openSqliteTransfer } from '@weapp-auth/server/sqlite'
import type { TransferTarget } from '@weapp-auth/server/transfer'
import { CliFault } from './cli-fault.ts'
import { openSqliteAs } from './open-sqlite.ts'
import { describeDatabase, explainServer, mayExist, mysqlPool, postgresPool } from './open-store.ts'
import type { Database } from './read-database.ts'

/**
 * Opens a database as one side of a transfer.
 *
 * @throws CliFault that names the database without its password, and the flag.
 */
export async function openTransferSide(database: Database, as: 'source' | 'target'): Promise<TransferTarget> {
  const name = as === 'source' ? '--from' : '--to'
  if (as === 'source' && !mayExist(database)) throw noSource(describeDatabase(database))
  if (database.kind === 'sqlite')
    return openSqliteAs(database.path, file => openSqliteTransfer({ database: file, as }), { name })
  try {
    if (database.kind === 'postgres') {
      const { openPostgresTransfer } = await import('@weapp-auth/server/postgres')
      return await openPostgresTransfer({ pool: await postgresPool(database), as })
    }
    const { openMysqlTransfer } = await import('@weapp-auth/server/mysql')
    return await openMysqlTransfer({ pool: await mysqlPool(database), as, name: database.name })
  } catch (error) {
    throw explainServer(error, name)
  }
}

function noSource(file: string): CliFault {
  return new CliFault('config', {
    zh: `--from 指定的文件 ${file} 不存在。`,
    en: `There is no file ${file}, which --from names.`,
  })
}
