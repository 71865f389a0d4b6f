import { Pool } from 'pg'
import { afterAll, beforeAll, describe } from 'vitest'
import { openTestPostgres, type TestDatabase } from '../../../test/services.ts'
import { storeContract } from '../contract.ts'
import type { PostgresPool } from './driver.ts'
import { createPostgresStore } from './postgres-store.ts'

const probe = await openTestPostgres()
await probe?.close()

/** One database for many stores: the tables stay, the rows go. */
const empty = `
  DO $$ DECLARE name text; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migration' LOOP
      EXECUTE format('DELETE FROM %I', name);
    END LOOP;
    INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, repeat('0', 64));
  END $$`

/** Stays open for the next store, with its connections. */
function lent(pool: Pool): PostgresPool {
  let ended = false
  return {
    options: pool.options,
    on: () => undefined,
    connect: async () => {
      if (ended) throw new Error('the pool is closed')
      return pool.connect()
    },
    end: async () => {
      ended = true
    },
  }
}

describe.skipIf(!probe)('on a real server', () => {
  let database: TestDatabase
  let pool: Pool
  beforeAll(async () => {
    const opened = await openTestPostgres()
    if (!opened) throw new Error('Postgres went away')
    database = opened
    pool = new Pool({ connectionString: database.url })
    await createPostgresStore({ pool })
  })
  afterAll(async () => {
    await pool.end()
    await database.close()
  })

  storeContract('the Postgres store', async () => {
    await pool.query(empty)
    return createPostgresStore({ pool: lent(pool) })
  })
})
