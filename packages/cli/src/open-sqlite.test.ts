import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createFakeTerminal } from '../test/fake-terminal.ts'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { openSqlite } from './open-sqlite.ts'
import { runCommand } from './run-command.ts'

test('a file is made with its folder, and is opened again', async () => {
  const path = join(await temporaryFolder(), 'a', 'b', 'weapp-auth.sqlite')
  for (let i = 0; i < 2; i += 1) {
    const store = await openSqlite(path)
    await store.check()
    await store.close()
  }
  expect((await stat(path)).isFile()).toBe(true)
})

test('"weapp-auth migrate" makes the database', async () => {
  const folder = await temporaryFolder()
  const { terminal, out } = createFakeTerminal()
  expect(await runCommand(['migrate', '--data', folder], terminal)).toBe(0)
  expect(await runCommand(['migrate', '--data', folder], terminal)).toBe(0)
  expect(out()).toContain(join(folder, 'weapp-auth.sqlite'))
  expect((await stat(join(folder, 'weapp-auth.sqlite'))).size).toBeGreaterThan(0)
})

test('a folder where the file should be is named', async () => {
  const path = join(await temporaryFolder(), 'weapp-auth.sqlite')
  await mkdir(path)
  await expect(openSqlite(path)).rejects.toMatchObject({
    code: 73,
    sentence: { zh: expect.stringContaining(path), en: expect.stringContaining('DATABASE') },
  })
})

test('a file where the folder should be is named', async () => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'data'), '')
  await expect(openSqlite(join(folder, 'data', 'weapp-auth.sqlite'))).rejects.toMatchObject({ code: 73 })
})

test('a file that is no database is refused and left alone', async () => {
  const path = join(await temporaryFolder(), 'weapp-auth.sqlite')
  const text = 'this is my diary, not a database\n'.repeat(100)
  await writeFile(path, text)
  await expect(openSqlite(path)).rejects.toMatchObject({ code: 78, sentence: { en: expect.stringContaining(path) } })
  expect(await readFile(path, 'utf8')).toBe(text)
})

test('a file that is in use is refused', async () => {
  const path = join(await temporaryFolder(), 'weapp-auth.sqlite')
  const { default: Database } = await import('better-sqlite3')
  const impatient = async (name: string) => {
    const database = new Database(name)
    const pragma = database.pragma.bind(database)
    // The second process would wait two seconds for the lock; here it does not.
    database.pragma = (text, options) => pragma(text.replace(/busy_timeout = \d+/, 'busy_timeout = 0'), options)
    return database
  }
  const store = await openSqlite(path)
  await expect(openSqlite(path, { openDatabase: impatient })).rejects.toMatchObject({ code: 69 })
  await store.close()
})

test.each([
  ['EACCES', 77],
  ['EROFS', 77],
  ['SQLITE_CANTOPEN', 73],
  ['ERR_DLOPEN_FAILED', 69],
])('what the system says is explained: %s ends with %i', async (code, exit) => {
  const path = join(await temporaryFolder(), 'weapp-auth.sqlite')
  const refuse = () => Promise.reject(Object.assign(new Error('refused'), { code }))
  await expect(openSqlite(path, { openDatabase: refuse })).rejects.toMatchObject({ code: exit })
})

test('a driver that is not built is explained', async () => {
  const path = join(await temporaryFolder(), 'weapp-auth.sqlite')
  const unbuilt = () => Promise.reject(new Error('Could not locate the bindings file. Tried: …'))
  await expect(openSqlite(path, { openDatabase: unbuilt })).rejects.toMatchObject({
    code: 69,
    sentence: { en: expect.stringContaining('npm rebuild better-sqlite3') },
  })
})
