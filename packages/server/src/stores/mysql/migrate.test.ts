import { createPool, type Pool } from 'mysql2/promise'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTestMysql, type TestDatabase } from '../../../test/services.ts'
import { type Migration, migrations } from '../migrations/index.ts'
import { createConnections } from './connections.ts'
import type { MysqlConnection } from './driver.ts'
import { migrate } from './migrate.ts'

const probe = await openTestMysql()
afterAll(() => probe?.close())

const step = (id: number, ...statements: string[]): Migration => ({
  id,
  name: `step-${id}`,
  statements: () => statements,
})
const one = step(1, 'CREATE TABLE a (x BIGINT)', 'INSERT INTO a VALUES (1)')
const two = step(
  2,
  'CREATE TABLE b (x BIGINT)',
  'INSERT INTO b SELECT x FROM a',
  'ALTER TABLE b ADD COLUMN y BIGINT',
  'CREATE INDEX b_by_y ON b (y)',
  'UPDATE b SET x = x + 1',
  'DROP TABLE a',
  'ALTER TABLE b RENAME TO a',
)
const broken = step(2, 'CREATE TABLE b (x BIGINT)', 'INSERT INTO nowhere VALUES (1)')

describe.skipIf(!probe)('migrating MySQL', { timeout: 60_000 }, () => {
  let database: TestDatabase
  let pool: Pool
  beforeEach(async () => {
    database = (await openTestMysql()) as TestDatabase
    pool = createPool({ uri: database.url, connectionLimit: 4 })
  })
  afterEach(async () => {
    await pool.end()
    await database.close()
  })

  const collation = 'utf8mb4_bin'
  const borrow: ReturnType<typeof createConnections>['borrow'] = work =>
    createConnections({ pool, waitSeconds: 5, timeout: 30_000 }).borrow(work)
  const run = (steps?: readonly Migration[], waitSeconds = 5) =>
    borrow(connection => migrate(connection, { name: 'here', collation, waitSeconds, ...(steps && { steps }) }))
  const rows = async (sql: string) => (await pool.query({ sql, rowsAsArray: true }))[0]
  const tables = async () => ((await rows('SHOW TABLES')) as string[][]).flat().filter(name => name !== 'migration')

  it('applies what is missing, once', async () => {
    await run([one])
    expect(await rows('SELECT x FROM a')).toEqual([[1]])
    await run([one, two])
    await run([one, two])
    expect(await rows('SELECT id, name, applied_at > 1.7e12 FROM migration ORDER BY id')).toEqual([
      [1, 'step-1', 1],
      [2, 'step-2', 1],
    ])
    expect(await rows('SELECT x, y FROM a')).toEqual([[2, null]])
  })

  it('goes on after a kill at any moment, as if nothing had happened', async () => {
    for (let moment = 1, killed = true; killed; moment += 1) {
      killed = await borrow(connection =>
        migrate(dying(connection, moment), { name: 'here', collation, waitSeconds: 5, steps: [one, two] }),
      )
        .then(() => false)
        .catch(() => true)
      await run([one, two])
      expect(await tables()).toEqual(['a'])
      expect(await rows('SELECT x, y FROM a')).toEqual([[2, null]])
      expect(await rows("SHOW INDEX FROM a WHERE Key_name = 'b_by_y'")).toHaveLength(1)
      await pool.query('DROP TABLE a, migration')
    }
  })

  it('says that a step stopped half-way, and finishes it when the program is mended', async () => {
    await expect(run([one, broken])).rejects.toMatchObject({ code: 'half-migrated' })
    await expect(run([one, broken])).rejects.toMatchObject({ code: 'half-migrated' })
    await run([one, step(2, 'CREATE TABLE b (x BIGINT)', 'INSERT INTO b VALUES (7)')])
    expect(await rows('SELECT x FROM b')).toEqual([[7]])
  })

  it('does not go on with a step that another program began', async () => {
    await expect(run([one, broken])).rejects.toMatchObject({ code: 'half-migrated' })
    const other = { ...two, name: 'other' }
    await expect(run([one, other])).rejects.toMatchObject({ code: 'half-migrated' })
    expect(await tables()).toEqual(['a', 'b'])
  })

  it('refuses a schema that is newer than the program, and changes nothing', async () => {
    await run([one, two])
    await expect(run([one])).rejects.toMatchObject({ code: 'schema-too-new' })
  })

  it.each([
    ['other tables', 'CREATE TABLE theirs (x BIGINT)'],
    ['a table "migration" of another program', 'CREATE TABLE migration (id BIGINT, name TEXT)'],
  ])('refuses a database with %s', async (_, sql) => {
    await pool.query(sql)
    await expect(run()).rejects.toMatchObject({ code: 'foreign' })
    expect(await rows('SHOW TABLES')).toHaveLength(1)
  })

  it('of processes that start at once one migrates and the others wait', async () => {
    await Promise.all([run([one, two]), run([one, two]), run([one, two])])
    expect(await rows('SELECT x, y FROM a')).toEqual([[2, null]])
  })

  it('does not wait for ever', async () => {
    const other = await pool.getConnection()
    await other.query("SELECT GET_LOCK(SHA2(CONCAT(DATABASE(), '/migrate'), 256), 1)")
    await expect(run([one], 0)).rejects.toMatchObject({ code: 'migrating' })
    await other.query('DO RELEASE_ALL_LOCKS()')
    other.release()
    await run([one], 0)
  })

  it('makes the tables of the design', async () => {
    await run()
    const names =
      'access_token account_merge app audit audit_head budget component_grant consent doomed_avatar export_request identity job key merge_part operator operator_invitation operator_passkey operator_recovery operator_session phone profile request_trace session session_key sms spent tally transfer union_id user user_block'
    expect(await tables()).toEqual(names.split(' '))
    expect(await rows('SELECT count(*) FROM migration WHERE applied_at IS NOT NULL')).toEqual([[migrations.length]])
  })

  it('keeps phones and spent codes of the first release, and what must be unique', async () => {
    await run(migrations.slice(0, 1))
    const insert = (sql: string) => borrow(connection => connection.query({ sql, timeout: 5000 }))
    await insert(`INSERT INTO "user" (id, wrapped_key, created_at) VALUES ('u1', X'01', 1), ('u2', X'02', 2)`)
    await insert(`INSERT INTO phone
      (id, phone_id, user_id, app_id, sealed_number, blind_index, country_code, source, verified_at, replaced_at)
      VALUES (3, 'p3', 'u1', 'a', X'03', X'13', '86', 'phone-code', 10, 20),
             (7, 'p7', 'u1', 'a', X'07', X'17', '86', 'open-data', 20, NULL)`)
    await insert(`INSERT INTO spent (id, kind, app_id, hash, attempt, claimed_at, until, phone_id, "change")
      VALUES (5, 'phone-code', 'a', X'05', X'15', 1, 2, 'p7', 'replaced')`)
    await run()
    expect(await rows('SELECT id, phone_id, hex(blind_index), replaced_at FROM phone ORDER BY id')).toEqual([
      [3, 'p3', '13', 20],
      [7, 'p7', '17', null],
    ])
    expect(await rows('SELECT id, hex(hash), `change`, recognised FROM spent')).toEqual([[5, '05', 'replaced', null]])
    const add = (phone: string, user: string, source: string) =>
      insert(`INSERT INTO phone (phone_id, user_id, app_id, sealed_number, blind_index, country_code, source, verified_at)
        VALUES ('${phone}', '${user}', 'a', X'09', X'19', '86', '${source}', 30)`)
    const [{ insertId }] = (await add('p8', 'u2', 'sms')) as unknown as [{ insertId: number }]
    expect(insertId).toBe(8)
    await expect(add('p9', 'u1', 'sms')).rejects.toThrow('phone_current')
    await expect(add('p9', 'nobody', 'sms')).rejects.toMatchObject({ errno: 1452 })
    await expect(add('p9', 'u2', 'rumour')).rejects.toThrow(/CONSTRAINT/)
  })
})

/** A connection whose process dies at its n-th statement: the server may have done it, nobody heard. */
function dying(connection: MysqlConnection, moment: number): MysqlConnection {
  let count = 0
  return {
    ...connection,
    connection: connection.connection,
    execute: connection.execute.bind(connection),
    async query(question) {
      count += 1
      if (count > moment) throw new Error('dead')
      const reply = await connection.query(question)
      if (count < moment) return reply
      connection.destroy()
      throw new Error('killed')
    },
    release: () => undefined,
    destroy: () => connection.destroy(),
  }
}
