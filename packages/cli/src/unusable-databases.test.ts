// Reads better whole: one row for each thing that is wrong, on each database.
import { execFileSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startMariadb } from '../../server/test/services/mariadb.ts'
import { openTestMysql, openTestPostgres, type TestDatabase } from '../../server/test/services.ts'
import { createFakeTerminal } from '../test/fake-terminal.ts'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { demoApp } from './demo.ts'
import { openStore } from './open-store.ts'
import { readDatabase } from './read-database.ts'
import { runCommand } from './run-command.ts'

/** Runs SQL as somebody who may do everything. */
type Admin = (sql: string) => Promise<unknown>

interface Place {
  /** A database of its own, with one mini program's data in it. */
  readonly url: string
  readonly admin: Admin
}

/** What is wrong: makes it so, and answers the DATABASE to use and what mends it. */
type Wrong = (place: Place) => Promise<{ readonly DATABASE: string; readonly mend?: () => Promise<unknown> }>

async function run(command: 'serve' | 'migrate', DATABASE: string) {
  const env = { WEAPP_APPID: demoApp.appId, WEAPP_SECRET: demoApp.secret, PORT: '0', DATABASE }
  const fake = createFakeTerminal({ ...env, WEAPP_DATA: await temporaryFolder() })
  const ended = runCommand([command], fake.terminal)
  // Where it serves after all, it would do so for ever.
  void fake.said(/is serving/).then(() => fake.stop())
  return { code: await ended, said: fake.out() + fake.err() }
}

const appId = 'wx00000000000000f1'

async function fill(url: string): Promise<void> {
  const store = await openStore(readDatabase(url, 2))
  await store.writeAccessToken(appId, { sealed: Buffer.from('sealed'), expiresAt: 9, generation: 4 })
  await store.close()
}

async function expectWhole(url: string): Promise<void> {
  const store = await openStore(readDatabase(url, 2))
  expect(await store.readAccessToken(appId)).toMatchObject({ generation: 4 })
  await store.close()
}

async function tried({ url, admin }: Place, wrong: Wrong, code: number, words: RegExp): Promise<void> {
  const { DATABASE, mend } = await wrong({ url, admin })
  for (const command of ['migrate', 'serve'] as const) {
    const { code: ended, said } = await run(command, DATABASE)
    expect([command, ended, said]).toEqual([command, code, expect.stringMatching(words)])
    expect(said).toMatch(/[\u4e00-\u9fff]/)
    expect(said).not.toContain('hush')
  }
  await mend?.()
  if (mend) expect(await run('migrate', DATABASE)).toEqual({ code: 0, said: expect.any(String) })
  await expectWhole(url)
}

const changed = (url: string, change: (url: URL) => unknown) => {
  const other = new URL(url)
  change(other)
  return { DATABASE: other.href }
}

/** A user of this database who may do only what is granted. */
const weakUrl = (url: string) =>
  changed(url, other => Object.assign(other, { username: 'weapp_weak_cli', password: 'hush' })).DATABASE

const ofServers: readonly (readonly [string, Wrong, number, RegExp])[] = [
  [
    'a port where nobody listens',
    async ({ url }) => changed(url, other => Object.assign(other, { port: '1' })),
    69,
    /cannot be reached/,
  ],
  [
    'a wrong password',
    async ({ url }) => changed(url, other => Object.assign(other, { password: 'hush' })),
    77,
    /refuses the login/,
  ],
  [
    'a database that is not there',
    async ({ url }) => changed(url, other => Object.assign(other, { pathname: '/no_such_place' })),
    78,
    /does not exist/,
  ],
  ['a parameter that is none', async ({ url }) => ({ DATABASE: `${url}?pasword=hush` }), 78, /sslmode/],
  [
    'a schema that is newer than the program',
    async ({ url, admin }) => {
      await admin(
        `INSERT INTO migration SELECT id + 500, 'later'${url.startsWith('mysql') ? ', done' : ''}, applied_at FROM migration`,
      )
      return { DATABASE: url, mend: () => admin('DELETE FROM migration WHERE id > 500') }
    },
    78,
    /newer version/,
  ],
]

const ofPostgres: typeof ofServers = [
  [
    'a user who may not make tables',
    async ({ url, admin }) => {
      await admin(`CREATE SCHEMA empty; GRANT USAGE ON SCHEMA empty TO weapp_weak_cli;
        ALTER ROLE weapp_weak_cli SET search_path = empty`)
      return { DATABASE: weakUrl(url), mend: () => admin('GRANT CREATE ON SCHEMA empty TO weapp_weak_cli') }
    },
    77,
    /lacks a permission/,
  ],
  [
    'a server whose connections are all taken',
    async ({ url, admin }) => {
      await admin('ALTER ROLE weapp_weak_cli CONNECTION LIMIT 0')
      return { DATABASE: weakUrl(url) }
    },
    69,
    /no more connections/,
  ],
]

const ofMysql: typeof ofServers = [
  [
    'a user who may not make tables',
    async ({ url, admin }) => {
      const name = new URL(url).pathname.slice(1)
      await admin('DROP TABLE transfer')
      await admin("DELETE FROM migration WHERE name = 'transfers'")
      await admin(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${name}.* TO weapp_weak_cli`)
      return { DATABASE: weakUrl(url), mend: () => admin(`GRANT ALL ON ${name}.* TO weapp_weak_cli`) }
    },
    77,
    /lacks a permission/,
  ],
  [
    'a server whose connections are all taken',
    async ({ url, admin }) => {
      await admin('ALTER USER weapp_weak_cli WITH MAX_USER_CONNECTIONS 1')
      const holder = await createConnection({ uri: weakUrl(url), database: '' })
      onTestFinished(() => holder.end())
      return { DATABASE: weakUrl(url) }
    },
    69,
    /no more connections/,
  ],
  [
    'an upgrade that stopped half-way and does not go on',
    async ({ url, admin }) => {
      await admin("UPDATE migration SET applied_at = NULL, name = 'another' WHERE name = 'transfers'")
      const mend = () => admin("UPDATE migration SET name = 'transfers', done = 0 WHERE name = 'another'")
      return { DATABASE: url, mend }
    },
    78,
    /stopped half-way/,
  ],
]

describe.each([
  ['Postgres', openTestPostgres, openPostgresAdmin, [...ofServers, ...ofPostgres]],
  ['MariaDB', openTestMysql, openMysqlAdmin, [...ofServers, ...ofMysql]],
] as const)('%s', async (_, borrow, openAdmin, rows) => {
  const probe = await borrow()
  await probe?.close()
  describe.skipIf(!probe)('is not served, and loses nothing, for', { timeout: 120_000 }, () => {
    let database: TestDatabase
    let opened: Awaited<ReturnType<typeof openAdmin>>
    beforeAll(async () => {
      database = (await borrow()) as TestDatabase
      opened = await openAdmin(database.url)
      await fill(database.url)
    }, 60_000)
    afterAll(async () => {
      await opened.close()
      await database.close()
    })
    test.each(rows)('%s', (_, wrong, code, words) =>
      tried({ url: database.url, admin: opened.admin }, wrong, code, words),
    )
  })
})

async function openPostgresAdmin(url: string) {
  const client = new Client({ connectionString: url })
  await client.connect()
  const admin: Admin = sql => client.query(sql)
  await admin("CREATE ROLE weapp_weak_cli LOGIN PASSWORD 'hush'")
  const close = async () => {
    await admin('DROP OWNED BY weapp_weak_cli; DROP ROLE weapp_weak_cli')
    await client.end()
  }
  return { admin, close }
}

async function openMysqlAdmin(url: string) {
  const connection = await createConnection({ uri: url })
  const admin: Admin = sql => connection.query(sql)
  await admin("CREATE USER weapp_weak_cli IDENTIFIED BY 'hush'")
  const close = async () => {
    await admin('DROP USER weapp_weak_cli')
    await connection.end()
  }
  return { admin, close }
}

const mysql = await openTestMysql()
afterAll(() => mysql?.close())

test.skipIf(!mysql)('a MariaDB that is too old is not served', { timeout: 120_000 }, async () => {
  const old = await startMariadb({ settings: { version: '10.5.1-MariaDB' } })
  onTestFinished(() => old?.stop())
  for (const command of ['migrate', 'serve'] as const)
    expect(await run(command, old?.url ?? '')).toMatchObject({ code: 78, said: expect.stringContaining('too old') })
})

const rowsOfFiles: readonly (readonly [string, Wrong, number, RegExp])[] = [
  ['a scheme that is none', async () => ({ DATABASE: 'oracle://weapp:hush@db/weapp' }), 78, /postgres:\/\//],
  [
    'a folder that is a file',
    async ({ url }) => ({ DATABASE: join(url, 'inside.sqlite') }),
    73,
    /cannot be opened or created/,
  ],
  [
    'a schema that is newer than the program',
    async ({ url, admin }) => {
      await admin("INSERT INTO migration VALUES (500, 'later', 1)")
      return { DATABASE: url, mend: () => admin('DELETE FROM migration WHERE id = 500') }
    },
    78,
    /newer version/,
  ],
  [
    'an upgrade that cannot write its table',
    async ({ url }) => {
      const DATABASE = `${url}.begun`
      const begun: Admin = async sql => void new Database(DATABASE).exec(sql).close()
      await begun('PRAGMA application_id = 0x57784175; CREATE TABLE "user" (mine TEXT)')
      return { DATABASE, mend: () => begun('DROP TABLE "user"') }
    },
    69,
    /already exists/,
  ],
  [
    'another program’s file',
    async ({ url }) => {
      const DATABASE = `${url}.other`
      new Database(DATABASE).exec('CREATE TABLE diary (day TEXT)').close()
      return { DATABASE }
    },
    78,
    /another program/,
  ],
]

describe('SQLite is not served, and loses nothing, for', () => {
  test.each(rowsOfFiles)('%s', async (_, wrong, code, words) => {
    const url = join(await temporaryFolder(), 'weapp-auth.sqlite')
    await fill(url)
    const admin: Admin = async sql => void new Database(url).exec(sql).close()
    await tried({ url, admin }, wrong, code, words)
  })

  test.skipIf(!canMount())('a full disk', { timeout: 120_000 }, async () => {
    const disk = join(await temporaryFolder(), 'disk')
    await mkdir(disk)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', disk])
    onTestFinished(() => void execFileSync('umount', [disk]))
    const DATABASE = join(disk, 'weapp-auth.sqlite')
    for (const command of ['migrate', 'serve'] as const)
      expect(await run(command, DATABASE)).toEqual({ code: 69, said: expect.stringContaining('no space left') })
    execFileSync('mount', ['-o', 'remount,size=16m', disk])
    expect(await run('migrate', DATABASE)).toMatchObject({ code: 0 })
  })
})

/** Only root of a machine that lets it. */
function canMount(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}
