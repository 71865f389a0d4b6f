import { migrateFlags } from './flags.ts'
import { describeDatabase, openStore } from './open-store.ts'
import { readConfig } from './read-config.ts'
import { readFlags } from './read-flags.ts'
import type { Terminal } from './terminal.ts'

/** `weapp-auth migrate`: makes the database file when it is not there and brings its schema up to date. */
export async function migrate(args: readonly string[], terminal: Terminal): Promise<void> {
  const { database } = readConfig(terminal.env, readFlags('migrate', args, migrateFlags))
  const store = await openStore(database)
  await store.close()
  const name = describeDatabase(database)
  terminal.out(`数据库 ${name} 的结构已是最新。\nThe schema of the database ${name} is up to date.`)
}
