import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../../test/store-contract/subject.ts'
import { bundleProgram, startProgram } from '../../../test/store-process/start-program.ts'
import { createSqliteStore } from './sqlite-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'weapp-auth-'))
let bundle: string
beforeAll(async () => {
  bundle = await bundleProgram(folder)
})
afterAll(() => rmSync(folder, { recursive: true }))

const newFile = () => join(folder, `${newId()}.sqlite`)

describe('a second process', () => {
  it('is refused while the first one lives, whichever came first', async () => {
    const file = newFile()
    const store = createSqliteStore({ database: new Database(file) })
    const late = startProgram(bundle, [file, 'hold'])
    expect(await late.line()).toBe('in-use')
    await late.kill()
    await store.close()

    const holder = startProgram(bundle, [file, 'hold'])
    expect(await holder.line()).toBe('open')
    const open = () => createSqliteStore({ database: new Database(file), busyTimeoutMs: 0 })
    expect(open).toThrow(expect.objectContaining({ code: 'in-use' }))
    await holder.kill()
    await open().close()
  })
})

const kills = process.env.WEAPP_AUTH_LONG ? 200 : 20

describe('a process that is killed', () => {
  it('loses nothing that it acknowledged', { timeout: 60_000 + kills * 3000 }, async () => {
    const file = newFile()
    const acknowledged: string[] = []
    for (let round = 0; round < kills; round += 1) {
      const writer = startProgram(bundle, [file, 'write'])
      expect(await writer.line()).toBe('open')
      // Some lines from now, wherever the writer is then: within a step, a commit, or the copying of the log.
      const patience = Math.floor(Math.random() * 300)
      for (let heard = 0; heard < patience; heard += 1) acknowledged.push((await writer.line()) ?? 'ended')
      const killed = writer.kill()
      for (let line = await writer.line(); line !== null; line = await writer.line()) acknowledged.push(line)
      await killed
      expectWhole(file, acknowledged)
    }
    expect(acknowledged.length).toBeGreaterThan(300)
  })
})

/** The file as the next start finds it: sound, complete, and without half of a step. */
function expectWhole(file: string, acknowledged: readonly string[]): void {
  const database = new Database(file)
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
  expect(database.pragma('foreign_key_check')).toEqual([])
  const found = new Set(database.prepare('SELECT login_id FROM session').pluck().all())
  expect(acknowledged.filter(loginId => !found.has(loginId))).toEqual([])
  const count = (sql: string) => database.prepare(`SELECT count(*) FROM ${sql}`).pluck().get()
  // One step writes all of these or none.
  expect(count('spent')).toBe(found.size)
  expect(count('session WHERE key_id IS NULL')).toBe(0)
  expect(count('identity')).toBe(count('"user"'))
  expect(count('"user" u WHERE (SELECT count(*) FROM phone WHERE user_id = u.id AND replaced_at IS NULL) > 1')).toBe(0)
  database.close()
}

/** Root may write everything, so the test below needs another user who can read this checkout. */
const isRoot = process.getuid?.() === 0
const uid = isRoot ? 65_534 : process.getuid?.()

function canRunAs(user: number | undefined): boolean {
  if (user === undefined) return false
  try {
    execFileSync(process.execPath, ['-e', 'require("better-sqlite3")'], {
      cwd: import.meta.dirname,
      stdio: 'ignore',
      uid: user,
    })
    return true
  } catch {
    return false
  }
}

describe.skipIf(!canRunAs(uid))('a process that may not write', () => {
  it.each([
    ['the file', 0o444, 0o755],
    ['the folder', 0o644, 0o555],
  ])('%s is refused', async (_, fileMode, folderMode) => {
    const home = mkdtempSync(join(folder, 'home-'))
    const file = join(home, 'store.sqlite')
    await createSqliteStore({ database: new Database(file) }).close()
    rmSync(`${file}-instance`)
    chmodSync(folder, 0o755)
    chmodSync(file, fileMode)
    chmodSync(home, folderMode)
    if (isRoot && uid !== undefined) for (const path of [file, home]) chownSync(path, uid, uid)
    const program = startProgram(bundle, [file, 'hold'], uid)
    expect(await program.line()).toBe('not-writable')
    await program.kill()
    chmodSync(home, 0o755)
  })
})
