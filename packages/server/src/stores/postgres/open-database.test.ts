import { Client, Pool, type PoolConfig } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findPostgres, startPostgres } from '../../../test/services/postgres.ts'
import { whyInstall } from '../../../test/services/service.ts'
import { registered } from '../../../test/store-contract/subject.ts'
import { StoreUnusable, type StoreUnusableCode } from '../store-unusable.ts'
import type { PostgresPool } from './driver.ts'
import { createPostgresStore, type PostgresStoreOptions } from './postgres-store.ts'

async function refusal(pool: PostgresPool, options: Partial<PostgresStoreOptions> = {}): Promise<unknown> {
  let closed = false
  const end = pool.end.bind(pool)
  pool.end = async () => {
    closed = true
    await end()
  }
  try {
    await createPostgresStore({ pool, ...options })
  } catch (error) {
    expect(closed).toBe(true)
    return error
  }
  await pool.end()
  throw new Error('expected a refusal')
}

async function expectRefusal(
  config: PoolConfig,
  code: StoreUnusableCode,
  options: Partial<PostgresStoreOptions> = {},
): Promise<void> {
  const error = await refusal(new Pool({ connectionTimeoutMillis: 2000, ...config }), options)
  expect(error).toBeInstanceOf(StoreUnusable)
  expect(error).toMatchObject({ code, message: expect.stringMatching(/^Postgres [\w.]+:\d+\/\w+: /) })
  if (!(error instanceof StoreUnusable)) return
  expect(`${error.message} ${error.cause}`).not.toContain('secret')
  for (const { zh, en } of [error.text, error.fix]) {
    expect(zh).toMatch(/[\u4e00-\u9fff]/)
    expect(en).toMatch(/^[\x20-\x7e]+$/)
  }
}

describe('the options', () => {
  const pool: PostgresPool = {
    options: {},
    on: () => undefined,
    end: async () => undefined,
    connect: () => Promise.reject(new Error('nobody is there')),
  }
  it.each([
    ['"pool" must be a Pool of pg', { pool: {} }],
    ['"statementTimeoutMs" must be a whole number from 100 to 600000', { statementTimeoutMs: 1 }],
    ['"lockTimeoutMs" must be a whole number from 10 to 600000', { lockTimeoutMs: 10.5 }],
    ['"migrationWaitMs" must be a whole number from 0 to 3600000', { migrationWaitMs: -1 }],
  ])('are checked: %s', async (message, wrong) => {
    await expect(createPostgresStore({ pool, ...wrong } as PostgresStoreOptions)).rejects.toThrow(
      new TypeError(message),
    )
  })

  it('name the database in a refusal by what the pool was given', async () => {
    const named = (options: PostgresPool['options']) => refusal({ ...pool, options })
    const message = (name: string) => expect.objectContaining({ message: expect.stringContaining(`${name}: `) })
    expect(await named({})).toEqual(message('Postgres localhost:5432/'))
    expect(await named({ host: 'db', port: 6432, database: 'weapp' })).toEqual(message('Postgres db:6432/weapp'))
    const connectionString = 'postgres://weapp:secret@db.internal:6432/weapp?sslmode=verify-full'
    expect(await named({ connectionString })).toEqual(message('Postgres db.internal:6432/weapp'))
    expect(String(await named({ connectionString }))).not.toContain('secret')
  })
})

describe('a server of another time', () => {
  it.each([
    ['before 13', { version: 120_022, encoding: 'UTF8', readOnly: 'off' }, 'version-too-old'],
    ['with another encoding', { version: 170_002, encoding: 'SQL_ASCII', readOnly: 'off' }, 'failed'],
  ])('%s is refused', async (_, row, code) => {
    const pool: PostgresPool = {
      options: {},
      on: () => undefined,
      end: async () => undefined,
      connect: async () => ({
        query: async () => ({ command: 'SELECT', rows: [row], rowCount: 1 }),
        on: () => undefined,
        removeListener: () => undefined,
        release: () => undefined,
      }),
    }
    expect(await refusal(pool)).toMatchObject({ code })
  })
})

const isInstalled = findPostgres() !== null
if (!isInstalled && process.env.CI) throw new Error(whyInstall('postgres'))
if (!isInstalled) process.stderr.write(`\n${whyInstall('postgres')}\n`)

describe.skipIf(!isInstalled)('a database that is', { timeout: 30_000 }, () => {
  let url: URL
  let admin: Client
  let stop: () => Promise<void>
  beforeAll(async () => {
    const server = await startPostgres()
    if (!server) throw new Error('Postgres went away')
    url = new URL(server.url)
    stop = server.stop
    admin = new Client({ connectionString: server.url })
    admin.on('error', () => undefined)
    await admin.connect()
  }, 60_000)
  afterAll(async () => {
    await admin.end()
    await stop()
  })

  const at = (change: (url: URL) => void) => {
    const own = new URL(url)
    change(own)
    return { connectionString: own.href }
  }
  async function newDatabase(name: string): Promise<PoolConfig> {
    await admin.query(`CREATE DATABASE ${name}`)
    return at(own => {
      own.pathname = `/${name}`
    })
  }

  it.each([
    ['pathname', '/nowhere', 'no-database'],
    ['password', 'secret2', 'access-denied'],
    ['password', '', 'access-denied'],
    ['username', 'stranger', 'access-denied'],
    ['port', '1', 'unreachable'],
    ['hostname', 'nowhere.invalid', 'unreachable'],
  ] as const)('with the %s "%s" is refused: %s', async (part, value, why) => {
    const config = at(own => {
      own[part] = value
    })
    await expectRefusal(config, why)
  })

  it('without the TLS that is asked for is refused', async () => {
    await expectRefusal({ ...at(() => {}), ssl: true }, 'tls-failed')
  })

  it('silent is given up', async () => {
    const { createServer } = await import('node:net')
    const silent = createServer(() => undefined)
    const port = await new Promise<number>(resolve =>
      silent.listen(0, '127.0.0.1', () => {
        const address = silent.address()
        resolve(address && typeof address === 'object' ? address.port : 0)
      }),
    )
    const config = at(own => {
      own.port = String(port)
    })
    await expectRefusal({ ...config, connectionTimeoutMillis: 50 }, 'unreachable')
    silent.close()
  })

  it('crowded is refused', async () => {
    await admin.query("CREATE ROLE crowd LOGIN PASSWORD 'secret' CONNECTION LIMIT 0")
    const config = at(own => {
      own.username = 'crowd'
      own.password = 'secret'
    })
    await expectRefusal(config, 'too-many-connections')
  })

  it('without permission to make tables is refused, and served when they are there', async () => {
    await newDatabase('guarded')
    await admin.query("CREATE ROLE guest LOGIN PASSWORD 'secret'")
    const config = at(own => {
      own.pathname = '/guarded'
      own.username = 'guest'
      own.password = 'secret'
    })
    const owner = new Pool(
      at(own => {
        own.pathname = '/guarded'
      }),
    )
    await owner.query('REVOKE ALL ON SCHEMA public FROM PUBLIC')
    await expectRefusal(config, 'no-permission')
    await owner.query('GRANT USAGE ON SCHEMA public TO guest')
    await expectRefusal(config, 'no-permission')
    await (
      await createPostgresStore({
        pool: new Pool(
          at(own => {
            own.pathname = '/guarded'
          }),
        ),
      })
    ).close()
    await expectRefusal(config, 'no-permission')
    await owner.query('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO guest')
    await owner.end()
    const store = await createPostgresStore({ pool: new Pool(config) })
    await registered(store)
    await store.close()
  })

  it('of another program, or of a newer version, is refused', async () => {
    const config = await newDatabase('taken')
    const other = new Pool(config)
    await other.query('CREATE TABLE theirs (x integer)')
    await expectRefusal(config, 'foreign')
    await other.query('DROP TABLE theirs')
    await (await createPostgresStore({ pool: new Pool(config) })).close()
    await other.query("INSERT INTO migration VALUES (99, 'later', 0)")
    await expectRefusal(config, 'schema-too-new')
    await other.end()
  })

  it('being upgraded for longer than the wait is refused', async () => {
    const config = await newDatabase('busy')
    const other = new Pool({ ...config, max: 1 })
    await other.query('BEGIN')
    await other.query('SELECT pg_advisory_xact_lock(1465401701, 1)')
    await expectRefusal(config, 'migrating', { migrationWaitMs: 20 })
    await other.query('COMMIT')
    await other.end()
    await (await createPostgresStore({ pool: new Pool(config) })).close()
  })

  it('read-only is refused at the start, and fails a check later', async () => {
    const config = await newDatabase('frozen')
    const store = await createPostgresStore({ pool: new Pool({ ...config, max: 1 }) })
    await store.check()
    await admin.query('ALTER DATABASE frozen SET default_transaction_read_only = on')
    await expectRefusal(config, 'read-only')
    await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'frozen'")
    await expect
      .poll(() => store.check().catch(error => error))
      .toMatchObject({
        code: 'failed',
        cause: { message: expect.stringContaining('read-only transaction') },
      })
    await admin.query('ALTER DATABASE frozen RESET default_transaction_read_only')
    await store.check()
    await store.close()
  })

  it('on a replica is refused', async () => {
    const replica = await startPostgres({ isStandby: true })
    await expectRefusal({ connectionString: replica?.url }, 'read-only')
    await replica?.stop()
  })

  it('gone fails a check', async () => {
    const server = await startPostgres()
    const store = await createPostgresStore({
      pool: new Pool({ connectionString: server?.url, connectionTimeoutMillis: 2000 }),
    })
    await store.check()
    await server?.stop()
    await expect(store.check()).rejects.toMatchObject({ name: 'StorageFault', code: 'failed' })
    await store.close()
  })
})
