import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, it } from 'vitest'
import { bytes, loginOf, newId, now, registered } from '../../../test/store-contract/subject.ts'
import { storeContract } from '../contract.ts'
import { StoreUnusable, type StoreUnusableCode } from '../store-unusable.ts'
import { createSqliteStore, type SqliteStoreOptions } from './sqlite-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'weapp-auth-'))
afterAll(() => rmSync(folder, { recursive: true }))

const newFile = () => join(folder, `${newId()}.sqlite`)

storeContract('the SQLite store', () => createSqliteStore({ database: new Database(newFile()) }))

/** What creating a store on this database says, and whether it let go of the database. */
function refusal(database: Database.Database, options: Partial<SqliteStoreOptions> = {}) {
  try {
    createSqliteStore({ database, busyTimeoutMs: 0, ...options })
  } catch (error) {
    expect(database.open).toBe(false)
    return error
  }
  throw new Error('expected a refusal')
}

function expectRefusal(database: Database.Database, code: StoreUnusableCode): void {
  const error = refusal(database)
  expect(error).toBeInstanceOf(StoreUnusable)
  expect(error).toMatchObject({ code, message: expect.stringContaining(database.name) })
  if (!(error instanceof StoreUnusable)) return
  for (const { zh, en } of [error.text, error.fix]) {
    expect(zh).toMatch(/[\u4e00-\u9fff]/)
    expect(en).toMatch(/^[\x20-\x7e]+$/)
  }
}

describe('the settings', () => {
  it('make a commit durable and keep references whole', async () => {
    const database = new Database(newFile())
    const store = createSqliteStore({ database })
    const settings = ['journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout', 'cache_size']
    const values = settings.map(name => database.pragma(name, { simple: true }))
    expect(values).toEqual(['wal', 2, 1, 5, -65536])
    await store.close()
  })

  it.each([
    ['"database" must be a Database of better-sqlite3', { database: {} }],
    ['"busyTimeoutMs" must be a number from 0 to 60000', { busyTimeoutMs: -1 }],
    ['"cacheMb" must be a number from 1 to 4096', { cacheMb: Number.NaN }],
    ['"mappedMb" must be a number from 0 to 65536', { mappedMb: -1 }],
  ])('are checked: %s', (message, wrong) => {
    const database = new Database(':memory:')
    expect(() => createSqliteStore({ database, ...wrong } as SqliteStoreOptions)).toThrow(new TypeError(message))
    database.close()
  })

  it('work for a database in memory, which needs no lock', async () => {
    const stores = [1, 2].map(() => createSqliteStore({ database: new Database(':memory:') }))
    for (const store of stores) {
      await registered(store)
      await store.close()
    }
  })
})

describe('the file', () => {
  it('keeps what was recorded when it is closed and opened again', async () => {
    const file = newFile()
    const before = createSqliteStore({ database: new Database(file) })
    const login = await registered(before)
    await before.close()
    const after = createSqliteStore({ database: new Database(file) })
    expect((await after.findLogin(login.loginId))?.userId).toBe(login.user.id)
    await after.close()
  })

  it('takes what was still waiting when it is closed', async () => {
    const file = newFile()
    const before = createSqliteStore({ database: new Database(file) })
    const login = loginOf('open-1')
    const [outcome] = await Promise.all([before.recordLogin(login), before.close()])
    expect(outcome).toEqual({ status: 'recorded' })
    await expect(before.findUser(login.user.id)).rejects.toMatchObject({ name: 'StorageFault' })
    const after = createSqliteStore({ database: new Database(file) })
    expect(await after.findLogin(login.loginId)).not.toBeNull()
    await after.close()
  })

  it('is refused while another store has it, and stays readable', async () => {
    const file = newFile()
    const first = createSqliteStore({ database: new Database(file) })
    await registered(first)
    expectRefusal(new Database(file), 'in-use')
    const reader = new Database(file, { readonly: true })
    expect(reader.prepare('SELECT count(*) FROM "user"').pluck().get()).toBe(1)
    reader.close()
    await registered(first)
    await first.close()
    await createSqliteStore({ database: new Database(file) }).close()
  })

  it('takes the steps of an operator beside the store that serves it', async () => {
    const file = newFile()
    const serving = createSqliteStore({ database: new Database(file) })
    const beside = createSqliteStore({ database: new Database(file), beside: true })
    await Promise.all([
      beside.addApp({ appId: 'wx1', sealed: bytes('app'), now }),
      ...Array.from({ length: 50 }, () => registered(serving)),
    ])
    expect(await serving.appsVersion()).toBe(1)
    await beside.close()
    await serving.close()
  })

  it('is made by an operator too, and then free for whoever serves it', async () => {
    const file = newFile()
    const beside = createSqliteStore({ database: new Database(file), beside: true })
    const serving = createSqliteStore({ database: new Database(file) })
    expect(await serving.appsVersion()).toBe(0)
    await serving.close()
    await beside.close()
    const database = new Database(file)
    database.prepare('DELETE FROM migration WHERE id = (SELECT max(id) FROM migration)').run()
    database.pragma('journal_mode')
    const holder = new Database(`${file}-instance`)
    holder.exec('BEGIN EXCLUSIVE')
    expect(refusal(database, { beside: true })).toMatchObject({ code: 'in-use' })
    holder.close()
  })

  it('is refused when it cannot be written', async () => {
    const file = newFile()
    await createSqliteStore({ database: new Database(file) }).close()
    expectRefusal(new Database(file, { readonly: true }), 'not-writable')
  })

  it('is refused when it is not a database', () => {
    const file = newFile()
    writeFileSync(
      file,
      'This is a text of somebody else, long enough to fill the header of a database file. '.repeat(9),
    )
    const before = readFileSync(file)
    expectRefusal(new Database(file), 'damaged')
    expect(readFileSync(file)).toEqual(before)
  })

  it('is refused when it lost its end', async () => {
    const file = newFile()
    await createSqliteStore({ database: new Database(file) }).close()
    truncateSync(file, 8192)
    expectRefusal(new Database(file), 'damaged')
  })

  it('is refused when it belongs to another program', () => {
    const database = new Database(newFile())
    database.exec('CREATE TABLE theirs (x)')
    expectRefusal(database, 'foreign')
  })

  it('is refused when a newer program changed its schema', async () => {
    const file = newFile()
    await createSqliteStore({ database: new Database(file) }).close()
    const newer = new Database(file)
    newer.exec("INSERT INTO migration (id, name, applied_at) VALUES (99, 'later', 0)")
    newer.close()
    expectRefusal(new Database(file), 'schema-too-new')
  })

  it('that is damaged where it is read later answers with a fault that carries no data', async () => {
    const file = newFile()
    const store = createSqliteStore({ database: new Database(file) })
    for (let round = 0; round < 20; round += 1) await Promise.all(Array.from({ length: 50 }, () => registered(store)))
    const { openId } = await registered(store)
    await store.close()
    const content = readFileSync(file)
    // The first half holds the schema and the first page of each table, which are read at the start.
    content.fill(0x55, Math.floor(content.length / 2 / 4096) * 4096)
    writeFileSync(file, content)
    const damaged = createSqliteStore({ database: new Database(file) })
    const fault = await damaged.recordLogin(loginOf(openId)).catch(error => error)
    expect(fault).toMatchObject({ name: 'StorageFault', code: 'failed', message: 'storage failed' })
    expect(fault.cause.message).toBe('database disk image is malformed')
    await damaged.close()
  })
})

describe('a step', () => {
  it('waits no longer than it may for a lock that another program holds', async () => {
    const file = newFile()
    const store = createSqliteStore({ database: new Database(file), busyTimeoutMs: 1 })
    const other = new Database(file)
    other.exec('BEGIN IMMEDIATE')
    const login = loginOf('open-1')
    await expect(store.recordLogin(login)).rejects.toMatchObject({ name: 'StorageFault', code: 'busy' })
    await expect(store.check()).rejects.toMatchObject({ name: 'StorageFault', code: 'busy' })
    expect(await store.findUser(login.user.id)).toBeNull()
    other.exec('ROLLBACK')
    expect(await store.recordLogin(login)).toEqual({ status: 'recorded' })
    await store.check()
    other.close()
    await store.close()
  })

  it('waits for that lock while questions are answered, and is done when it is given back', async () => {
    const file = newFile()
    const store = createSqliteStore({ database: new Database(file), busyTimeoutMs: 60_000 })
    const other = new Database(file)
    other.exec('BEGIN IMMEDIATE')
    const login = loginOf('open-1')
    const recorded = store.recordLogin(login)
    for (let question = 0; question < 5; question += 1) {
      expect(await store.findUser(login.user.id)).toBeNull()
      await new Promise(setImmediate)
    }
    other.exec('ROLLBACK')
    expect(await recorded).toEqual({ status: 'recorded' })
    other.close()
    await store.close()
  })

  it('that cannot be written any more is told by the check; a full disk is not, because questions are answered', async () => {
    const database = new Database(newFile())
    let code = ''
    const broken = new Proxy(database, {
      get(target, name) {
        if (name !== 'prepare') return Reflect.get(target, name, target)
        return (sql: string) => {
          const statement = target.prepare(sql)
          if (sql !== 'COMMIT') return statement
          const run = () => {
            if (code) throw new Database.SqliteError('disk I/O error', code)
            return statement.run()
          }
          return { run, get: () => undefined, all: () => [] }
        }
      },
    })
    const store = createSqliteStore({ database: broken as Database.Database })
    code = 'SQLITE_READONLY'
    await expect(store.check()).rejects.toMatchObject({ name: 'StorageFault', code: 'failed' })
    code = 'SQLITE_FULL'
    await store.check()
    code = ''
    await store.check()
    await store.close()
  })

  it('says that the disk is full, and goes on when there is space', async () => {
    const database = new Database(newFile())
    const store = createSqliteStore({ database })
    database.pragma(`max_page_count = ${database.pragma('page_count', { simple: true })}`)
    const logins = Array.from({ length: 100 }, (_, index) => loginOf(`open-${index}`))
    const outcomes = await Promise.allSettled(logins.map(login => store.recordLogin(login)))
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { name: 'StorageFault', code: 'full' } })
    expect(database.prepare('SELECT count(*) FROM "user"').pluck().get()).toBe(0)
    database.pragma('max_page_count = 10000')
    expect(await store.recordLogin(loginOf('open-0'))).toEqual({ status: 'recorded' })
    await store.close()
  })

  it('refuses text and bytes that are longer than their column', async () => {
    const store = createSqliteStore({ database: new Database(':memory:') })
    const long = [
      loginOf('o'.repeat(65)),
      loginOf('open-1', { appId: 'w'.repeat(65) }),
      loginOf('open-1', { unionId: 'u'.repeat(65) }),
      loginOf('open-1', { loginId: '' }),
      loginOf('open-1', { user: { id: newId(), create: { wrappedKey: new Uint8Array(257) } } }),
    ]
    for (const login of long) await expect(store.recordLogin(login)).rejects.toMatchObject({ code: 'failed' })
    expect(await store.findIdentity('wx0000000000000001', 'open-1')).toBeNull()
    await expect(store.registerKey({ id: '1', check: bytes('1'), now: 0.5 + now })).rejects.toMatchObject({
      name: 'StorageFault',
    })
    await store.close()
  })
})

describe('an erased user', () => {
  it('leaves neither their data key nor what it sealed in the file', async () => {
    const file = newFile()
    const store = createSqliteStore({ database: new Database(file) })
    for (let round = 0; round < 20; round += 1) await registered(store)
    const { user, openId } = await registered(store)
    const [sealedNickname, avatarKey] = [bytes('a nickname'), 'x'.repeat(32)]
    await store.recordProfile({ now, askedAt: now, userId: user.id, sealedNickname, avatarKey })
    await store.eraseUser({ now, userId: user.id, attempt: bytes('nonce') })
    await store.forgetAvatar(avatarKey)
    await store.close()
    const content = readFileSync(file)
    for (const trace of [user.create?.wrappedKey ?? 'none', sealedNickname, openId, avatarKey])
      expect(content.includes(Buffer.from(trace))).toBe(false)
    expect(content.includes(user.id)).toBe(true)
  })
})
