import { afterAll, describe } from 'vitest'
import { reusedMysql } from '../../../test/open-mysql-store.ts'
import { openTestMysql } from '../../../test/services.ts'
import { storeContract } from '../contract.ts'

const database = await openTestMysql()
const reused = database && (await reusedMysql(database))
afterAll(() => reused?.close())

describe.skipIf(!reused)('MySQL', () => {
  storeContract('MySQL store', () => {
    if (!reused) throw new TypeError('is skipped')
    return reused.openStore()
  })
})
