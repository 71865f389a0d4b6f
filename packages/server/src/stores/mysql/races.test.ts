import { createPool } from 'mysql2/promise'
import { afterAll, describe } from 'vitest'
import { openTestMysql } from '../../../test/services.ts'
import { raceContract } from '../../../test/store-races/race-contract.ts'
import { createMysqlStore } from './mysql-store.ts'

const database = await openTestMysql()
afterAll(() => database?.close())

describe.skipIf(!database)('MySQL', () => {
  raceContract('mysql', async () => {
    const url = database?.url ?? ''
    return { url, store: await createMysqlStore({ pool: createPool(url) }) }
  })
})
