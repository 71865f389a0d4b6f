import { copyFile, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openTestMysql, openTestPostgres, openTestRedis } from '../../../server/test/services.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { openStore } from '../open-store.ts'
import { readDatabase } from '../read-database.ts'
import { checkDatabase } from './check-database.ts'
import { checkRedis } from './check-redis.ts'

const weak = 'weapp_weak_doctor'

const servers = [
  {
    name: 'Postgres',
    open: openTestPostgres,
    version: /Postgres 1\d/,
    async admin(url: string) {
      const client = new Client({ connectionString: url })
      await client.connect()
      return { ask: (text: string) => client.query(text), close: () => client.end() }
    },
    create: () => `CREATE ROLE ${weak} LOGIN PASSWORD 'hush-hush'`,
    grant: () => `GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${weak}; GRANT INSERT, UPDATE ON session TO ${weak}`,
    drop: `DROP OWNED BY ${weak}; DROP ROLE ${weak}`,
  },
  {
    name: 'MariaDB',
    open: openTestMysql,
    version: /MariaDB|MySQL 8/,
    async admin(url: string) {
      const connection = await createConnection({ uri: url, multipleStatements: true })
      return { ask: (text: string) => connection.query(text), close: () => connection.end() }
    },
    create: () => `CREATE USER ${weak} IDENTIFIED BY 'hush-hush'`,
    grant: (name: string) => `GRANT SELECT ON ${name}.* TO ${weak}; GRANT INSERT, UPDATE ON ${name}.session TO ${weak}`,
    drop: `DROP USER ${weak}`,
  },
] as const

describe.each(servers)('$name', async ({ open, version, admin, create, grant, drop }) => {
  const probe = await open()
  await probe?.close()

  async function database() {
    const lent = await open()
    if (!lent) throw new Error('it was there a moment ago')
    onTestFinished(() => lent.close())
    return lent.url
  }

  const look = async (url: string) => {
    const { results, sample } = await checkDatabase(readDatabase(url, 1))
    return { ...results[0], sample, others: results.slice(1) }
  }

  test.skipIf(!probe)(
    'is looked at without being changed, before and after its schema is made',
    async () => {
      const url = await database()
      for (const _ of [1, 2])
        expect(await look(url)).toMatchObject({
          status: 'ok',
          found: { en: expect.stringContaining('empty') },
          sample: null,
        })
      const store = await openStore(readDatabase(url, 2))
      await store.registerKey({ id: '1', check: Buffer.from('check'), now: 1 })
      await store.close()
      expect(await look(url)).toMatchObject({
        status: 'ok',
        about: expect.stringMatching(version),
        found: { en: expect.stringMatching(/^It can be used, schema step (\d+) of \1\.$/) },
        sample: { keys: [{ id: '1', check: Buffer.from('check') }], users: [], apps: [] },
        others: [],
      })
    },
    120_000,
  )

  test.skipIf(!probe)(
    'tells what its user may not do',
    async () => {
      const url = await database()
      await (await openStore(readDatabase(url, 2))).close()
      const { ask, close } = await admin(url)
      await ask(create())
      onTestFinished(async () => {
        await ask(drop)
        await close()
      })
      await ask(grant(new URL(url).pathname.slice(1)))
      const weakUrl = Object.assign(new URL(url), { username: weak, password: 'hush-hush' }).href
      const { status, found, fix } = await look(weakUrl)
      expect(status).toBe('fail')
      const count = (right: string) =>
        Number(new RegExp(`${right} access_token .*?… .(\\d+)`).exec(found?.en ?? '')?.[1])
      // Sessions can be written, and not deleted.
      expect(count('INSERT')).toBe(count('DELETE') - 1)
      expect(count('UPDATE')).toBe(count('DELETE') - 1)
      expect(found?.en).not.toContain('SELECT')
      expect(fix?.en).toContain('docs/databases.md')
    },
    120_000,
  )

  test.skipIf(!probe)(
    'is told apart from one of another program, a wrong password and an older schema',
    async () => {
      const url = await database()
      const { ask, close } = await admin(url)
      onTestFinished(close)
      const wrong = Object.assign(new URL(url), { password: 'hush-hush' }).href
      const refused = await look(wrong)
      expect([refused.status, JSON.stringify(refused)]).toEqual(['fail', expect.stringContaining('refuses the login')])
      expect(JSON.stringify(refused)).not.toContain('hush-hush')
      await ask('CREATE TABLE note (id INTEGER)')
      expect((await look(url)).found?.en).toMatch(/belongs to another program/)
      await ask('DROP TABLE note')
      await (await openStore(readDatabase(url, 2))).close()
      await ask('DELETE FROM migration WHERE id > 15')
      expect(await look(url)).toMatchObject({ status: 'warn', found: { en: expect.stringContaining('step 15 of') } })
    },
    120_000,
  )
})

test('a SQLite file that nobody uses is left as it was, and so is what a crash left beside it', async () => {
  const folder = await temporaryFolder()
  const path = join(folder, 'weapp-auth.sqlite')
  await (await openStore(readDatabase(path, 1))).close()
  const picture = async (of: string) => {
    const names = (await readdir(of)).filter(name => !name.endsWith('-shm')).sort()
    return Promise.all(names.map(async name => [name, await readFile(join(of, name), 'base64')]))
  }
  const before = await picture(folder)
  expect((await checkDatabase(readDatabase(path, 1))).results).toMatchObject([{ status: 'ok' }, { status: 'ok' }])
  expect(await picture(folder)).toEqual(before)
  expect(await readdir(folder)).not.toContain('weapp-auth.sqlite-shm')

  // What is under way is copied, so that the copy is what a crash leaves.
  const store = await openStore(readDatabase(path, 1))
  await store.registerKey({ id: '1', check: Buffer.from('check'), now: 1 })
  const crashed = await temporaryFolder()
  for (const name of ['weapp-auth.sqlite', 'weapp-auth.sqlite-wal'])
    await copyFile(join(folder, name), join(crashed, name))
  await store.close()
  const left = await picture(crashed)
  const { sample } = await checkDatabase(readDatabase(join(crashed, 'weapp-auth.sqlite'), 1))
  expect(sample?.keys).toEqual([{ id: '1', check: Buffer.from('check') }])
  expect(await picture(crashed)).toEqual(left)
})

const redis = await openTestRedis()
test.skipIf(!redis)('a Redis that is there can be used, and one that refuses says why', async () => {
  onTestFinished(() => redis?.close())
  const url = redis?.url ?? ''
  expect(await checkRedis(url)).toMatchObject([{ status: 'ok', about: new URL(url).host }])
  const [wrong] = await checkRedis(Object.assign(new URL(url), { password: 'hush-hush' }).href)
  expect(wrong).toMatchObject({ status: 'fail', fix: { en: 'Check user and password of REDIS_URL.' } })
  expect(JSON.stringify(wrong)).not.toContain('hush-hush')
})
