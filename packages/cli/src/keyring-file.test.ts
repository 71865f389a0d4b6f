import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createFakeTerminal } from '../test/fake-terminal.ts'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { createKeyringFile, openKeyringFile } from './keyring-file.ts'
import { runCommand } from './run-command.ts'

const create = { create: true, strict: false }
const production = { create: false, strict: true }
const posixOnly = process.platform === 'win32' ? test.skip : test

posixOnly('a new file is for its owner only, in a folder for its owner only', async () => {
  const folder = await temporaryFolder()
  const path = join(folder, 'data', 'keys.json')
  expect((await openKeyringFile(path, create)).created).toBe(true)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect((await stat(join(folder, 'data'))).mode & 0o777).toBe(0o700)
  expect(await readdir(join(folder, 'data'))).toEqual(['keys.json'])
})

test('the second time the same keys are read', async () => {
  const path = join(await temporaryFolder(), 'keys.json')
  const first = await openKeyringFile(path, create)
  const second = await openKeyringFile(path, create)
  expect(second.keyring).toEqual(first.keyring)
  expect([second.created, second.warnings]).toEqual([false, []])
})

test('of sixteen processes that find no file one makes it, and all read that one', async () => {
  const path = join(await temporaryFolder(), 'keys.json')
  const opened = await Promise.all(Array.from({ length: 16 }, () => openKeyringFile(path, create)))
  expect(opened.filter(({ created }) => created)).toHaveLength(1)
  expect(
    new Set(opened.map(({ keyring }) => Buffer.from(keyring.root.keys[0]?.secret ?? []).toString('hex'))).size,
  ).toBe(1)
})

test('in production no file is made', async () => {
  const path = join(await temporaryFolder(), 'keys.json')
  await expect(openKeyringFile(path, production)).rejects.toMatchObject({ code: 78 })
  await expect(stat(path)).rejects.toThrow('ENOENT')
})

test.each([
  ['nothing', '', 'be JSON'],
  ['half of it', '{"version":1,"root":', 'be JSON'],
  ['another version', '{"version":2,"root":{},"signing":[]}', 'version'],
  ['no keys', '{"version":1,"root":{"primary":1,"keys":[]},"signing":[]}', 'root.primary'],
])('a file with %s is damaged: named, not overwritten, not repeated', async (_, text, named) => {
  const path = join(await temporaryFolder(), 'keys.json')
  await writeFile(path, text, { mode: 0o600 })
  await expect(openKeyringFile(path, create)).rejects.toMatchObject({
    code: 78,
    sentence: { zh: expect.stringContaining(named), en: expect.stringContaining(path) },
  })
  expect(await readFile(path, 'utf8')).toBe(text)
})

test('a damaged file does not give its secrets away', async () => {
  const path = join(await temporaryFolder(), 'keys.json')
  await createKeyringFile(path)
  const text = await readFile(path, 'utf8')
  const secrets = [...text.matchAll(/"secret": "([^"]+)"/g)].map(match => match[1] ?? '')
  await writeFile(path, text.replace('"version": 1', '"version": 1,,'))
  const error = await openKeyringFile(path, create).catch(error => error)
  expect(secrets).toHaveLength(2)
  for (const secret of secrets) expect(`${error.stack}${error.sentence.zh}${error.cause?.stack}`).not.toContain(secret)
})

test('a folder where the file should be cannot be read', async () => {
  const path = join(await temporaryFolder(), 'keys.json')
  await mkdir(path)
  await expect(openKeyringFile(path, create)).rejects.toMatchObject({ code: 77 })
})

test('a file where the folder should be cannot hold it', async () => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'data'), '')
  const fault = await createKeyringFile(join(folder, 'data', 'keys.json')).catch(error => error)
  expect(fault).toMatchObject({ name: 'CliFault' })
  expect([73, 77]).toContain(fault.code)
})

posixOnly('a file that others can reach is warned of, and refused in production', async () => {
  const path = join(await temporaryFolder(), 'keys.json')
  await createKeyringFile(path)
  await chmod(path, 0o644)
  const { warnings } = await openKeyringFile(path, create)
  expect(warnings.join('\n')).toContain('0644')
  await expect(openKeyringFile(path, production)).rejects.toMatchObject({ code: 77 })
})

posixOnly('a mounted secret that the group may read is warned of, not refused', async () => {
  const path = join(await temporaryFolder(), 'keys.json')
  await createKeyringFile(path)
  await chmod(path, 0o440)
  expect((await openKeyringFile(path, production)).warnings).toHaveLength(2)
})

test('"weapp-auth keys" makes the file once and never overwrites it', async () => {
  const folder = await temporaryFolder()
  const { terminal, out, err } = createFakeTerminal({ NODE_ENV: 'production' })
  expect(await runCommand(['keys', '--data', folder], terminal)).toBe(0)
  const text = await readFile(join(folder, 'keys.json'), 'utf8')
  expect(await runCommand(['keys', '--data', folder], terminal)).toBe(73)
  expect(await readFile(join(folder, 'keys.json'), 'utf8')).toBe(text)
  expect(out()).toContain('keys.json')
  expect(err()).toContain('never overwritten')
})
