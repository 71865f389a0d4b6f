import Database from 'better-sqlite3'
import { createPool } from 'mysql2/promise'
import { Pool } from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fillTables, fillUsers } from '../../../test/fill-tables.ts'
import { openTestMysql, openTestPostgres } from '../../../test/services.ts'
import { loginOf } from '../../../test/store-contract/subject.ts'
import type { TransferTarget } from '../../ports/transfer-side.ts'
import { transferData } from '../../transfer/transfer-data.ts'
import { createMysqlStore, openMysqlTransfer } from '../mysql/index.ts'
import { createPostgresStore, openPostgresTransfer } from '../postgres/index.ts'
import { createSqliteStore, openSqliteTransfer } from '../sqlite/index.ts'

const databases = { postgres: await openTestPostgres(), mysql: await openTestMysql() }
const { postgres, mysql } = databases

async function moved(source: TransferTarget, target: TransferTarget) {
  const outcome = await transferData({ source, target })
  if (outcome.status !== 'transferred') throw new Error(JSON.stringify(outcome))
  await Promise.all([source.close(), target.close()])
  return outcome.tables
}

describe.skipIf(!postgres || !mysql)('data on its way through all databases', { timeout: 120_000 }, () => {
  it('stays the same in every bit, and new rows get new numbers', async () => {
    if (!postgres || !mysql) return
    onTestFinished(async () => void (await Promise.all([postgres.close(), mysql.close()])))
    const first = new Database(':memory:')
    fillTables(first)
    fillUsers(first, 1100)
    const pg = () => new Pool({ connectionString: postgres.url })
    const my = () => createPool({ uri: mysql.url, connectionLimit: 4 })
    const open = {
      sqlite: (database: Database.Database, as: 'source' | 'target') => openSqliteTransfer({ database, as }),
      postgres: (as: 'source' | 'target') => openPostgresTransfer({ pool: pg(), as }),
      mysql: (as: 'source' | 'target') => openMysqlTransfer({ pool: my(), as }),
    }

    const hashes = await moved(open.sqlite(first, 'source'), await open.postgres('target'))
    expect(hashes.filter(({ rows }) => rows === 0)).toEqual([])
    expect(await moved(await open.postgres('source'), await open.mysql('target'))).toEqual(hashes)
    const last = new Database(':memory:')
    const source = await open.mysql('source')
    const target = open.sqlite(last, 'target')
    expect(await transferData({ source, target })).toEqual({ status: 'transferred', tables: hashes })
    await source.close()

    const newest = 'SELECT open_id FROM identity ORDER BY id DESC LIMIT 3'
    const [pgAdmin, myAdmin] = [pg(), my()]
    const ends = [
      { store: createSqliteStore({ database: last }), newestIn: async () => last.prepare(newest).all() },
      { store: await createPostgresStore({ pool: pg() }), newestIn: async () => (await pgAdmin.query(newest)).rows },
      { store: await createMysqlStore({ pool: my() }), newestIn: async () => (await myAdmin.query(newest))[0] },
    ]
    for (const { store, newestIn } of ends) {
      for (const openId of ['one', 'two', 'three'])
        expect(await store.recordLogin(loginOf(openId))).toMatchObject({ status: 'recorded' })
      expect(await newestIn()).toEqual(['three', 'two', 'one'].map(open_id => ({ open_id })))
      expect(await store.phonesOf('0191-a')).toMatchObject([{ id: 'p2' }, { id: 'p1' }])
    }
    await Promise.all([...ends.map(({ store }) => store.close()), pgAdmin.end(), myAdmin.end()])
  })
})
