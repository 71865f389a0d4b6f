import { createConnection, createPool } from 'mysql2/promise'
import { createMysqlStore } from '../src/stores/mysql/mysql-store.ts'
import type { TestDatabase } from './services.ts'

/** Stores on a database whose tables are made once, because that takes seconds, and emptied for each test. */
export async function reusedMysql(database: TestDatabase) {
  const pool = () => createPool({ uri: database.url, connectionLimit: 8 })
  await (await createMysqlStore({ pool: pool() })).close()
  const admin = await createConnection({ uri: database.url, multipleStatements: true })
  const [tables] = await admin.query({ sql: 'SHOW TABLES', rowsAsArray: true })
  const emptying = (tables as string[][])
    .flat()
    .filter(table => !['migration', 'audit_head'].includes(table))
    .map(table => `DELETE FROM \`${table}\`;`)
  const empty = () =>
    admin.query(`SET foreign_key_checks = 0; ${emptying.join(' ')}
      UPDATE audit_head SET seq = 0, hash = '${'0'.repeat(64)}'`)
  const openBeside = () => createMysqlStore({ pool: pool() })
  return {
    empty,
    /** One more on the same data. */
    openBeside,
    async openStore() {
      await empty()
      return openBeside()
    },
    async close() {
      await admin.end()
      await database.close()
    },
  }
}
