import { existsSync } from 'node:fs'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { administer, listKeys, readKeyring, writeKeyring } from '@weapp-auth/server'
import { expect, test } from 'vitest'
import { createFakeTerminal } from '../test/fake-terminal.ts'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { createKeyringFile } from './keyring-file.ts'
import { openSqlite } from './open-sqlite.ts'
import { runCommand } from './run-command.ts'
import { watchKeyring } from './watch-keyring.ts'

async function open() {
  const data = await temporaryFolder()
  const path = join(data, 'keys.json')
  await createKeyringFile(path)
  const keyring = async () => readKeyring(await readFile(path, 'utf8'))
  async function run(words: string) {
    const fake = createFakeTerminal({ WEAPP_DATA: data })
    const code = await runCommand(['keys', ...words.split(' ')], fake.terminal)
    return { code, out: fake.out(), err: fake.err() }
  }
  const uses = async () => listKeys(await keyring()).map(({ kind, use }) => `${kind} ${use}`)
  return { data, path, run, keyring, uses }
}

test('a signing key is staged, waits, and is promoted; the file stays for its owner only', async () => {
  const { path, run, uses } = await open()
  expect(await run('rotate signing')).toMatchObject({ code: 0, out: expect.stringContaining('again after') })
  expect(await uses()).toEqual(['root current', 'signing staged', 'signing current'])
  const early = await run('rotate signing')
  expect(early).toMatchObject({ code: 69, err: expect.stringContaining('Too early') })
  expect(await run('rotate signing --hurry')).toMatchObject({ code: 0 })
  expect(await uses()).toEqual(['root current', 'signing current', 'signing former'])
  if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect((await run('list')).out).toMatch(/^root +current .*\nsigning +current .*\nsigning +former /)
})

test('a root key is retired only when no row needs it, after resealing', async () => {
  const { data, path, run, keyring, uses } = await open()
  const store = await openSqlite(join(data, 'weapp-auth.sqlite'))
  const { apps } = await administer({ store, keys: await keyring() })
  await apps.add({ appId: 'wx00000000000000f1', secret: 'f'.repeat(32) })
  await run('rotate root')
  await run('rotate root --hurry')
  expect(await run('retire 1 --hurry')).toMatchObject({ code: 65, err: expect.stringContaining('apps 1') })
  expect(await run('reseal')).toMatchObject({ code: 69, err: expect.stringContaining('Too early') })
  const { root, signing } = await keyring()
  const keys = root.keys.map(key => ({ ...key, since: Date.now() - 15_000 }))
  await writeFile(path, writeKeyring({ root: { ...root, keys }, signing }), { mode: 0o600 })
  // While a server has the file.
  expect(await run('reseal')).toMatchObject({ code: 0, out: expect.stringContaining('1 apps are sealed with key 2') })
  expect(await run('retire 1')).toMatchObject({ code: 69, err: expect.stringContaining('Too early') })
  expect(await run('retire 2 --hurry')).toMatchObject({ code: 65 })
  expect(await run('retire 1 --hurry')).toMatchObject({ code: 0 })
  expect(await uses()).toEqual(['root current', 'signing current'])
  const lines = await store.auditAfter(0, 10)
  expect(lines.map(({ act, details }) => `${act} ${details}`)).toEqual([
    'app-added {"fields":["secret"]}',
    'root-key-staged {"key":2}',
    'root-key-promoted {"key":2}',
    'reseal-finished {"apps":1,"grants":0,"key":2,"users":0}',
    'root-key-retired {"key":1}',
  ])
  await store.close()
})

test('each step of a signing key leaves a line in the audit log, and one that was refused leaves none', async () => {
  const { data, run, keyring } = await open()
  const store = await openSqlite(join(data, 'weapp-auth.sqlite'))
  const [first] = (await keyring()).signing
  for (const words of ['rotate signing', 'rotate signing', 'rotate signing --hurry', `retire ${first?.kid}`])
    await run(words)
  expect(await run(`retire ${first?.kid} --hurry`)).toMatchObject({ code: 0 })
  const [next] = (await keyring()).signing
  const lines = await store.auditAfter(0, 10)
  expect(lines.map(({ actor, act, details }) => `${actor} ${act} ${details}`)).toEqual([
    `operator signing-key-staged {"key":"${next?.kid}"}`,
    `operator signing-key-promoted {"key":"${next?.kid}"}`,
    `operator signing-key-retired {"key":"${first?.kid}"}`,
  ])
  await store.close()
})

test('keys change before there is a database, and none is made for it; one that cannot be opened changes nothing', async () => {
  const { data, run, uses } = await open()
  const database = join(data, 'weapp-auth.sqlite')
  expect(await run('rotate root')).toMatchObject({ code: 0 })
  expect(existsSync(database)).toBe(false)
  await writeFile(database, 'no database')
  expect(await run('rotate signing')).toMatchObject({ code: 78 })
  expect(await uses()).toEqual(['root current', 'root staged', 'signing current'])
})

test('of two changes at once one is refused, and nothing is lost', async () => {
  const { run, uses } = await open()
  const codes = (await Promise.all([run('rotate root'), run('rotate signing')])).map(({ code }) => code)
  expect(codes).toContain(0)
  expect(await uses()).toHaveLength(2 + codes.filter(code => code === 0).length)
})

test.each([['rotate'], ['rotate everything'], ['retire'], ['dance']])('"keys %s" is no command', async words => {
  expect(await (await open()).run(words)).toMatchObject({ code: 64 })
})

test('a running server gets the keys of a file that changed, once, and keeps the former ones of a damaged file', async () => {
  const { path, run } = await open()
  const replaced: number[] = []
  const told: unknown[] = []
  const look = await watchKeyring({
    path,
    strict: true,
    replace: async ({ signing }) => void replaced.push(signing.length),
    tell: outcome => told.push(outcome),
  })
  await look()
  expect(told).toEqual([])
  await run('rotate signing')
  await Promise.all([look(), look()])
  expect([replaced, told]).toEqual([[2], ['replaced']])
  await writeFile(path, '{"version":1', { mode: 0o600 })
  await look()
  expect([replaced, told.at(-1)]).toEqual([[2], { failed: expect.objectContaining({ code: 78 }) }])
})
