import { Pool } from 'pg'
import { afterAll, describe } from 'vitest'
import { openTestPostgres } from '../../../test/services.ts'
import { raceContract } from '../../../test/store-races/race-contract.ts'
import { createPostgresStore } from './postgres-store.ts'

const database = await openTestPostgres()
afterAll(() => database?.close())

describe.skipIf(!database)('Postgres', () => {
  raceContract('postgres', async () => {
    const url = database?.url ?? ''
    return { url, store: await createPostgresStore({ pool: new Pool({ connectionString: url }) }) }
  })
})
