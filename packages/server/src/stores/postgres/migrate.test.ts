import Database from 'better-sqlite3'
import { Client, Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestPostgres, type TestDatabase } from '../../../test/services.ts'
import { type Migration, migrations } from '../migrations/index.ts'
import { migrate as migrateSqlite } from '../sqlite/migrate.ts'
import type { PostgresClient } from './driver.ts'
import { migrate } from './migrate.ts'
import { borrow } from './transactions.ts'

const step = (id: number, ...statements: string[]): Migration => ({
  id,
  name: `step-${id}`,
  statements: () => statements,
})
const one = step(1, 'CREATE TABLE a (x integer)')
const two = step(2, 'CREATE TABLE b (x integer)', 'INSERT INTO a VALUES (1)')
const broken = step(2, 'CREATE TABLE b (x integer)', 'INSERT INTO nowhere VALUES (1)')

const probe = await openTestPostgres()
await probe?.close()

describe.skipIf(!probe)('migrating Postgres', () => {
  let database: TestDatabase
  let pool: Pool
  beforeAll(async () => {
    const opened = await openTestPostgres()
    if (!opened) throw new Error('Postgres went away')
    database = opened
    pool = new Pool({ connectionString: database.url })
  })
  afterAll(async () => {
    await pool.end()
    await database.close()
  })

  /** Each test has a schema of its own. */
  let count = 0
  async function inNewSchema(use: (connection: PostgresClient, schema: string) => Promise<void>): Promise<void> {
    count += 1
    const schema = `test_${count}`
    await pool.query(`CREATE SCHEMA ${schema}`)
    await borrow(pool, async connection => {
      await connection.query({ text: `SET search_path = ${schema}` })
      await use(connection, schema)
    })
  }

  async function rowsOf(connection: PostgresClient, text: string): Promise<unknown[]> {
    return (await connection.query({ text })).rows.map(row => Object.values(row as object).join(' '))
  }

  const tables = 'SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1'
  const run = (connection: PostgresClient, ...steps: Migration[]) =>
    migrate(connection, { name: 'here', waitMs: 10_000, steps })

  it('makes the tables that SQLite has, whose text is compared by bytes', () =>
    inNewSchema(async connection => {
      await migrate(connection, { name: 'here', waitMs: 0 })
      const sqlite = new Database(':memory:')
      migrateSqlite(sqlite)
      const names = sqlite.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all()
      expect(await rowsOf(connection, tables)).toEqual(names)
      expect(await rowsOf(connection, 'SELECT count(*) FROM migration')).toEqual([String(migrations.length)])
      const lax = `SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = current_schema() AND data_type IN ('text', 'character varying')
          AND collation_name IS DISTINCT FROM 'C' AND table_name <> 'migration'`
      expect(await rowsOf(connection, lax)).toEqual([])
    }))

  it('answers the questions of a request from an index', () =>
    inNewSchema(async connection => {
      await migrate(connection, { name: 'here', waitMs: 0 })
      await connection.query({ text: 'SET enable_seqscan = off; SET enable_bitmapscan = off' })
      const questions = [
        "SELECT * FROM identity WHERE app_id = 'a' AND open_id = 'b'",
        "SELECT * FROM phone WHERE blind_index = 'a' AND replaced_at IS NULL AND user_id <> 'b'",
        "SELECT * FROM session WHERE login_id = 'a'",
        'SELECT * FROM session WHERE idle_until <= 1 ORDER BY idle_until LIMIT 1',
        "SELECT 1 FROM session WHERE identity_id = 1 AND key_id = 'a'",
        "SELECT * FROM session_key WHERE identity_id = 1 AND fingerprint = 'a'",
        "SELECT * FROM spent WHERE hash = 'a' AND app_id = 'b' AND kind = 'login-code'",
        "SELECT id FROM consent WHERE user_id = 'a' AND app_id = 'b' AND scope = 'phone' ORDER BY id DESC LIMIT 1",
        "SELECT * FROM consent WHERE user_id = 'a' AND id < 1 ORDER BY id DESC LIMIT 1",
        "SELECT * FROM phone WHERE user_id = 'a' AND id < 1 ORDER BY id DESC LIMIT 1",
        "SELECT * FROM account_merge WHERE survivor_id = 'a' AND id < 'b' ORDER BY id DESC LIMIT 1",
        'SELECT id FROM job WHERE due_at <= 1 ORDER BY due_at LIMIT 1',
      ]
      for (const question of questions)
        expect((await rowsOf(connection, `EXPLAIN (COSTS OFF) ${question}`)).join('\n')).toMatch(/Index.* Cond/)
    }))

  it('keeps lengths and words: what is too long is refused, blanks as well', () =>
    inNewSchema(async connection => {
      await migrate(connection, { name: 'here', waitMs: 0 })
      const add = (id: string, key: Uint8Array) =>
        connection.query({
          text: 'INSERT INTO "user" (id, wrapped_key, created_at) VALUES ($1, $2, 1)',
          values: [id, key],
        })
      const key = new Uint8Array(256)
      await add('人'.repeat(36), key)
      for (const id of ['', 'a'.repeat(37), `a${' '.repeat(36)}`])
        await expect(add(id, key)).rejects.toMatchObject({ code: '23514' })
      for (const wrong of [new Uint8Array(0), new Uint8Array(257)])
        await expect(add('b', wrong)).rejects.toMatchObject({ code: '23514' })
      const spend = connection.query({
        text: `INSERT INTO spent (kind, app_id, hash, attempt, claimed_at, until) VALUES ('rumour', 'a', 'b', 'c', 1, 2)`,
      })
      await expect(spend).rejects.toMatchObject({ code: '23514' })
    }))

  it('applies what is missing, once', () =>
    inNewSchema(async connection => {
      await run(connection, one)
      await run(connection, one, two)
      await run(connection, one, two)
      expect(await rowsOf(connection, 'SELECT id, name FROM migration ORDER BY id')).toEqual(['1 step-1', '2 step-2'])
      expect(await rowsOf(connection, 'SELECT count(*) FROM a')).toEqual(['1'])
    }))

  it('leaves nothing of a step that fails, and can be repeated', () =>
    inNewSchema(async connection => {
      await expect(run(connection, one, broken)).rejects.toMatchObject({ code: '42P01' })
      expect(await rowsOf(connection, tables)).toEqual(['a', 'migration'])
      await run(connection, one, two)
      expect(await rowsOf(connection, tables)).toEqual(['a', 'b', 'migration'])
    }))

  it('is done by one of many who start at once; the others wait', () =>
    inNewSchema(async (_, schema) => {
      const slow = step(2, 'CREATE TABLE b (x integer)', 'INSERT INTO b SELECT 1 FROM pg_sleep(0.2)')
      const starters = Array.from({ length: 8 }, async () => {
        const client = new Client({ connectionString: database.url, options: `-c search_path=${schema}` })
        await client.connect()
        const connection: PostgresClient = Object.assign(client, { release: () => undefined })
        await run(connection, one, slow)
        const rows = await rowsOf(connection, 'SELECT count(*) FROM b')
        await client.end()
        return rows
      })
      expect(await Promise.all(starters)).toEqual(Array.from({ length: 8 }, () => ['1']))
    }))

  it('refuses a schema that is newer than the program, and changes nothing', () =>
    inNewSchema(async connection => {
      await run(connection, one, two)
      await expect(run(connection, one)).rejects.toMatchObject({ code: 'schema-too-new' })
      expect(await rowsOf(connection, 'SELECT id FROM migration ORDER BY id')).toEqual(['1', '2'])
    }))

  it.each([
    ['has other tables', 'CREATE TABLE theirs (x integer)'],
    ['has a table of steps of another program', 'CREATE TABLE migration (id integer)'],
  ])('refuses a database that %s', (_, text) =>
    inNewSchema(async connection => {
      await connection.query({ text })
      const before = await rowsOf(connection, tables)
      await expect(run(connection, one)).rejects.toMatchObject({ code: 'foreign' })
      expect(await rowsOf(connection, tables)).toEqual(before)
    }),
  )

  it('does not mind views of others', () =>
    inNewSchema(async connection => {
      await connection.query({ text: 'CREATE VIEW seen AS SELECT 1 AS x' })
      await run(connection, one)
      expect(await rowsOf(connection, tables)).toEqual(['a', 'migration'])
    }))
})
