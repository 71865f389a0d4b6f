import { Pool } from 'pg'
import { afterAll, onTestFinished } from 'vitest'
import type { Store } from '../src/index.ts'
import { createMemoryStore } from '../src/stores/memory/index.ts'
import { createPostgresStore } from '../src/stores/postgres/index.ts'
import { reusedMysql } from './open-mysql-store.ts'
import { openTestMysql, openTestPostgres } from './services.ts'

/** Opens one more store on the same data, as another process would: with connections of its own. */
type OpenShared = () => Promise<Store>

/**
 * Data that several instances can share, empty for each test, each kind by its name; `null` where the server is not
 * installed.
 */
export async function sharedStores(): Promise<
  readonly (readonly [name: string, (() => Promise<OpenShared>) | null])[]
> {
  const mysqlDatabase = await openTestMysql()
  const mysql = mysqlDatabase && (await reusedMysql(mysqlDatabase))
  afterAll(() => mysql?.close())
  const postgres = await openTestPostgres()
  await postgres?.close()

  async function inMemory(): Promise<OpenShared> {
    const store = { ...createMemoryStore(), isShared: true }
    return async () => store
  }

  async function inPostgres(): Promise<OpenShared> {
    const database = await openTestPostgres()
    if (!database) throw new Error('Postgres went away')
    onTestFinished(database.close)
    return closedAfter(() => createPostgresStore({ pool: new Pool({ connectionString: database.url }) }))
  }

  return [
    ['memory', inMemory],
    ['Postgres', postgres && inPostgres],
    ['MySQL', mysql && (() => mysql.empty().then(() => closedAfter(mysql.openBeside)))],
  ]
}

function closedAfter(open: OpenShared): OpenShared {
  return async () => {
    const store = await open()
    onTestFinished(() => store.close())
    return store
  }
}
