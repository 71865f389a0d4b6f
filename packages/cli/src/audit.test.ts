import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { createFakeTerminal } from '../test/fake-terminal.ts'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { openSqlite } from './open-sqlite.ts'
import { runCommand } from './run-command.ts'

async function run(...args: readonly string[]) {
  const { terminal, out, err } = createFakeTerminal()
  return { code: await runCommand(['audit', ...args], terminal), out: out(), err: err() }
}

/** A database with three lines that a server still uses. */
async function inUse() {
  const path = join(await temporaryFolder(), 'weapp-auth.sqlite')
  const store = await openSqlite(path)
  onTestFinished(() => store.close())
  for (const at of [1, 2, 3])
    await store.appendAudit({ at, actor: 'user', act: 'user-erased', appId: 'wx1', subject: `u${at}`, details: {} })
  return { path, store }
}

function change(path: string, sql: string): void {
  const database = new Database(path)
  database.exec(sql)
  database.close()
}

test('an intact log is said to be so, with an anchor that proves later what came before it', async () => {
  const { path, store } = await inUse()
  const { seq, hash } = await store.auditHead()
  const first = await run('verify', '--database', path)
  expect(first).toMatchObject({ code: 0, err: '' })
  expect(first.out).toContain(`${seq}:${hash}`)
  expect((await run('verify', '--database', path, '--anchor', `${seq}:${hash}`)).code).toBe(0)
  const other = await run('verify', '--database', path, '--anchor', `${seq}:${'0'.repeat(64)}`)
  expect(other.code).toBe(1)
  expect(other.err).toContain('line 3')
})

test.each([
  ['changed', "UPDATE audit SET subject = 'x' WHERE seq = 2", 2],
  ['removed', 'DELETE FROM audit WHERE seq = 2', 2],
  ['cut', 'DELETE FROM audit WHERE seq = 3', 3],
])('a log that was %s ends it with 1 and names the line in both languages', async (_, sql, line) => {
  const { path } = await inUse()
  change(path, sql)
  const { code, err } = await run('verify', '--database', path)
  expect(code).toBe(1)
  expect(err).toContain(`第 ${line} 行`)
  expect(err).toContain(`line ${line}`)
})

test('the export is one line of JSON for each line of the log', async () => {
  const { path, store } = await inUse()
  const { code, out } = await run('export', '--database', path)
  expect(code).toBe(0)
  expect(out.split('\n').map(line => JSON.parse(line))).toEqual(await store.auditAfter(0, 10))
})

test.each([
  ['no action', [], 64],
  ['another action', ['delete'], 64],
  ['an anchor that is none', ['verify', '--anchor', '3'], 64],
  ['no file', ['verify', '--database', '/nowhere/at/all.sqlite'], 69],
])('refused: %s', async (_, args, code) => {
  expect((await run(...args)).code).toBe(code)
})

test('a file that is no database of ours is refused and stays as it is', async () => {
  const path = join(await temporaryFolder(), 'text.sqlite')
  await writeFile(path, 'not a database, but long enough to be read as one'.repeat(50))
  expect((await run('verify', '--database', path)).code).toBe(69)
  change(`${path}-other`, 'CREATE TABLE x (y)')
  expect((await run('verify', '--database', `${path}-other`)).code).toBe(69)
})
