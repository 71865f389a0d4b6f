import { createServer, type Server } from 'node:net'
import { createPool, type Pool, type PoolOptions } from 'mysql2/promise'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findMariadb, startMariadb } from '../../../test/services/mariadb.ts'
import { whyInstall } from '../../../test/services/service.ts'
import { openTestMysql, type TestDatabase } from '../../../test/services.ts'
import { StoreUnusable } from '../store-unusable.ts'
import type { MysqlPool } from './driver.ts'
import { createMysqlStore } from './mysql-store.ts'

const probe = await openTestMysql()
afterAll(() => probe?.close())

const name = 'mysql://weapp@db.example/weapp'
const open = (options: PoolOptions) => createMysqlStore({ pool: createPool(options), name })

async function refusal(options: PoolOptions): Promise<StoreUnusable> {
  const error = await open(options).then(
    store => store.close(),
    error => error,
  )
  if (!(error instanceof StoreUnusable)) throw error ?? new Error('it was opened')
  expect(error.text).toEqual({ zh: expect.stringContaining(name), en: expect.stringContaining(name) })
  expect(error.fix).toEqual({ zh: expect.any(String), en: expect.any(String) })
  return error
}

describe.skipIf(!probe)('a store in MySQL', { timeout: 60_000 }, () => {
  let database: TestDatabase
  let admin: Pool
  let url: URL
  beforeAll(async () => {
    database = (await openTestMysql()) as TestDatabase
    url = new URL(database.url)
    admin = createPool({ uri: database.url, connectionLimit: 2 })
    await admin.query(`CREATE USER weapp_weak IDENTIFIED BY 'weak' WITH MAX_USER_CONNECTIONS 3`)
  })
  afterAll(async () => {
    await admin.query('DROP USER weapp_weak')
    await admin.end()
    await database.close()
  })
  beforeEach(async () => {
    await admin.query('REVOKE ALL PRIVILEGES, GRANT OPTION FROM weapp_weak')
  })
  const weak = (): PoolOptions => ({
    host: url.hostname,
    port: Number(url.port),
    user: 'weapp_weak',
    password: 'weak',
    database: url.pathname.slice(1),
  })
  const grant = (rights: string) => admin.query(`GRANT ${rights} ON ${url.pathname.slice(1)}.* TO weapp_weak`)

  it('says that the password is wrong, and does not repeat it', async () => {
    const { code, message, cause } = await refusal({ ...weak(), password: 'not-my-password' })
    expect(code).toBe('access-denied')
    expect(`${message} ${cause}`).not.toContain('not-my-password')
  })

  it('says that the database is not there, or not named', async () => {
    const { user, password } = { user: url.username, password: url.password }
    expect((await refusal({ ...weak(), user, password, database: 'weapp_nowhere' })).code).toBe('no-database')
    expect((await refusal({ ...weak(), user, password, database: '' })).code).toBe('no-database')
  })

  it.each([
    ['use the database', null],
    ['create tables', 'SELECT, INSERT, UPDATE, DELETE'],
    ['make indexes, half-way', 'SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP'],
  ])('says that the user lacks the right to %s', async (_, rights) => {
    if (rights) await grant(rights)
    const { code, cause } = await refusal(weak())
    expect([code, String(cause)]).toEqual(['no-permission', expect.stringContaining('denied')])
  })

  it('goes on when the rights are granted, and needs fewer once the tables are made', async () => {
    await grant('SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, DROP, REFERENCES')
    await (await open(weak())).close()
    await admin.query('REVOKE ALL PRIVILEGES, GRANT OPTION FROM weapp_weak')
    await grant('SELECT, INSERT, UPDATE, DELETE')
    const store = await open(weak())
    await store.check()
    await store.close()
  })

  it('says that a right to write is missing before the first login does', async () => {
    await grant('SELECT')
    expect((await refusal(weak())).code).toBe('no-permission')
  })

  it('says that the server takes no more connections, at the start and later', async () => {
    await grant('SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, DROP, REFERENCES')
    const store = await open(weak())
    const others = createPool({ ...weak(), connectionLimit: 3 })
    const held = await Promise.all([others.getConnection(), others.getConnection()])
    expect((await refusal(weak())).code).toBe('too-many-connections')
    const many = Array.from({ length: 4 }, () => store.check())
    const outcomes = await Promise.allSettled(many)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).not.toHaveLength(0)
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason.code).toBe('busy')
    for (const connection of held) connection.release()
    await others.end()
    await store.close()
  })

  it('says that nobody listens there', async () => {
    expect((await refusal({ ...weak(), port: await closedPort() })).code).toBe('unreachable')
    expect((await refusal({ ...weak(), host: 'nowhere.invalid' })).code).toBe('unreachable')
    const silent = await listening()
    expect((await refusal({ ...weak(), port: portOf(silent), connectTimeout: 300 })).code).toBe('unreachable')
    silent.close()
  })

  it('says that the server offers no TLS, or none that can be trusted', async () => {
    expect((await refusal({ ...weak(), ssl: { rejectUnauthorized: true } })).code).toBe('tls-failed')
  })

  it.each([
    ['10.5.27-MariaDB-log', '10.5.27'],
    ['5.5.5-10.5.8-MariaDB', '10.5.8'],
    ['8.0.16', '8.0.16'],
    ['5.7.44-log', '5.7.44'],
    ['nonsense', 'nonsense'],
  ])('says that a server %s is too old', async (version, told) => {
    const error = await createMysqlStore({ pool: claiming(version, admin), name }).catch(error => error)
    expect(error).toMatchObject({ code: 'version-too-old', cause: { message: expect.stringContaining(told) } })
  })

  it.each([
    ['counts only what differs', { flags: ['-FOUND_ROWS'] }, 'FOUND_ROWS'],
    ['answers numbers as text', { supportBigNumbers: true, bigNumberStrings: true }, 'numbers as numbers'],
    ['answers rows as lists', { rowsAsArray: true }, 'rows as objects'],
  ])('refuses a pool that %s', async (_, options, told) => {
    await expect(open({ uri: database.url, ...options })).rejects.toThrow(told)
  })
})

const isInstalled = findMariadb() !== null
if (!isInstalled && process.env.CI) throw new Error(whyInstall('mysql'))
if (!isInstalled) process.stderr.write(`\n${whyInstall('mysql')}\n`)

describe.skipIf(!isInstalled)('a server that only reads', { timeout: 120_000 }, () => {
  it('is told at the start, and by a check later', async () => {
    const server = await startMariadb()
    if (!server) throw new Error('MariaDB went away')
    const admin = createPool({ uri: server.url, connectionLimit: 1 })
    await admin.query(`CREATE USER reader@127.0.0.1 IDENTIFIED BY 'reader'`)
    await admin.query('CREATE DATABASE weapp')
    await admin.query('GRANT ALL PRIVILEGES ON weapp.* TO reader@127.0.0.1')
    const reader = new URL(server.url)
    Object.assign(reader, { username: 'reader', password: 'reader', pathname: '/weapp' })
    await admin.query('SET GLOBAL read_only = ON')
    expect((await refusal({ uri: reader.href })).code).toBe('read-only')
    await admin.query('SET GLOBAL read_only = OFF')
    const store = await open({ uri: reader.href })
    await store.check()
    await admin.query('SET GLOBAL read_only = ON')
    await expect(store.check()).rejects.toMatchObject({ code: 'failed' })
    expect((await refusal({ uri: reader.href })).code).toBe('read-only')
    await admin.end()
    await server.stop()
    await expect(store.check()).rejects.toMatchObject({ code: 'failed' })
    await store.close().catch(() => undefined)
  })
})

/** The pool of a server that says it is another one. */
function claiming(version: string, pool: Pool): MysqlPool {
  return {
    end: async () => undefined,
    async getConnection() {
      const connection = await pool.getConnection()
      return {
        connection: {},
        execute: (question, values) => connection.execute(question, values),
        async query(question) {
          const [rows, fields] = await connection.query(question)
          const isAsked = question.sql.includes('VERSION()')
          return [isAsked && Array.isArray(rows) ? [{ ...rows[0], version }] : rows, fields]
        },
        release: () => connection.release(),
        destroy: () => connection.destroy(),
      }
    },
  }
}

/** Takes connections and says nothing. */
async function listening(): Promise<Server> {
  const server = createServer(() => undefined)
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
  return server
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

async function closedPort(): Promise<number> {
  const server = await listening()
  const port = portOf(server)
  await new Promise(resolve => void server.close(resolve))
  return port
}
