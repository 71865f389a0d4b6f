import { migrateFlags } from './flags.ts'
import { openSqlite } from './open-sqlite.ts'
import { describePath, readConfig } from './read-config.ts'
import { readFlags } from './read-flags.ts'
import type { Terminal } from './terminal.ts'

/** `weapp-auth migrate`: makes the database file when it is not there and brings its schema up to date. */
export async function migrate(args: readonly string[], terminal: Terminal): Promise<void> {
  const { database } = readConfig(terminal.env, readFlags('migrate', args, migrateFlags))
  const store = await openSqlite(database)
  await store.close()
  const file = describePath(database)
  terminal.out(`数据库 ${file} 的结构已是最新。\nThe schema of the database ${file} is up to date.`)
}
