import { type DatabaseInspection, sampleOf, sampleSql } from '../inspection.ts'
import { migrations } from '../migrations/index.ts'
import { StoreUnusable } from '../store-unusable.ts'
import { createConnections } from './connections.ts'
import type { MysqlPool } from './driver.ts'
import { finishedSteps } from './migrate.ts'
import { askAbout, collationOf, readAbout } from './open-database.ts'
import { reasonOf } from './reason-of.ts'

const timeout = 10_000

/**
 * Looks at a database of MySQL or MariaDB; a server may be using it. The caller closes the pool.
 *
 * @throws StoreUnusable `unreachable`, `access-denied`, `foreign`, `schema-too-new`, …
 *
 * @example
 * import { createPool } from 'mysql2/promise'
 * const { applied, known } = await inspectMysql(createPool('mysql://weapp@127.0.0.1/weapp'), 'mysql://127.0.0.1/weapp')
 */
export async function inspectMysql(pool: MysqlPool, name: string): Promise<DatabaseInspection> {
  const { borrow } = createConnections({ pool, waitSeconds: 5, timeout })
  try {
    return await borrow(async connection => {
      const all = async (sql: string) => {
        const [rows] = await connection.query({ sql, timeout })
        return Array.isArray(rows) ? (rows as readonly unknown[]) : []
      }
      const { version, database } = readAbout(await all(askAbout))
      if (database === null) throw new StoreUnusable('no-database', name)
      collationOf(version, name)
      const [size] = (await all(askSize)) as readonly { readonly bytes: string | number | null }[]
      const applied = await finishedSteps(all, name)
      const columns = (await all(askColumns)) as readonly Column[]
      const missing = (await Promise.all(columns.map(column => forbidden(all, column)))).flat()
      return {
        version: version.includes('MariaDB') ? version.replace(/^5\.5\.5-/, '') : `MySQL ${version}`,
        bytes: Number(size?.bytes ?? 0),
        applied,
        known: migrations.length,
        missing,
        sample:
          applied === migrations.length && missing.length === 0
            ? sampleOf({
                keys: await all(sampleSql.keys),
                apps: await all(sampleSql.apps),
                oldest: await all(sampleSql.oldest),
                newest: await all(sampleSql.newest),
              })
            : null,
      }
    })
  } catch (error) {
    throw error instanceof StoreUnusable ? error : new StoreUnusable(reasonOf(error), name, error)
  }
}

const askSize = `
  SELECT sum(data_length + index_length) AS "bytes" FROM information_schema.tables WHERE table_schema = DATABASE()`

interface Column {
  readonly table: string
  readonly column: string
}

const askColumns = `
  SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
  WHERE table_schema = DATABASE() AND ordinal_position = 1 ORDER BY table_name`

/** EXPLAIN asks for the rights of the statement, and does nothing ("EXPLAIN Statement"). */
async function forbidden(
  all: (sql: string) => Promise<unknown>,
  { table, column }: Column,
): Promise<readonly string[]> {
  const asked = {
    SELECT: `SELECT 1 FROM "${table}" WHERE 1 = 0`,
    INSERT: `INSERT INTO "${table}" SELECT * FROM "${table}"`,
    UPDATE: `UPDATE "${table}" SET "${column}" = "${column}" WHERE 1 = 0`,
    DELETE: `DELETE FROM "${table}" WHERE 1 = 0`,
  }
  const refused: string[] = []
  for (const [right, sql] of Object.entries(asked)) {
    await all(`EXPLAIN ${sql}`).catch((error: unknown) => {
      if (reasonOf(error) !== 'no-permission') throw error
      refused.push(`${right} ${table}`)
    })
  }
  return refused
}
