import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createFakeTerminal } from '../test/fake-terminal.ts'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { variables } from './read-config.ts'
import { readSecretFiles, secretVariables } from './read-secret-files.ts'
import { runCommand } from './run-command.ts'

async function secretFile(text: string) {
  const path = join(await temporaryFolder(), 'secret')
  await writeFile(path, text)
  return `file:${path}`
}

test('each variable that may hold a secret is read from the file it names, without the line end', async () => {
  const named = await secretFile('postgres://u:p@db/weapp\n')
  const env = Object.fromEntries(secretVariables.map(name => [name, ` ${named} `]))
  const read = readSecretFiles(env)
  for (const name of secretVariables) expect(read[name]).toBe('postgres://u:p@db/weapp')
})

test('what names no file, and what is no secret, stays as it is', async () => {
  const named = await secretFile('x')
  const env = { KEYS: named, WEAPP_DATA: named, ISSUER: 'https://auth.example.com', WEAPP_SECRET: 'abc' }
  expect(readSecretFiles(env)).toEqual(env)
})

test('every variable whose name says secret, token or key may come from a file', () => {
  const secret = Object.keys(variables).filter(name => /SECRET|TOKEN|_KEY/.test(name))
  expect(secretVariables).toEqual(expect.arrayContaining(secret))
})

test('a command reads DATABASE from its file', async () => {
  const { terminal, err } = createFakeTerminal({ DATABASE: await secretFile('postgres://weapp@127.0.0.1:1/weapp') })
  expect(await runCommand(['migrate'], terminal)).not.toBe(0)
  expect(err()).toContain('127.0.0.1:1/weapp')
})

test.each([
  ['no file', async () => 'file:/nowhere/at/all', '/nowhere/at/all'],
  ['an empty file', () => secretFile(' \n'), 'empty'],
  ['a file of something else', () => secretFile('{"root":"do-not-show-this"}'), 'URL of a database'],
])('%s stops the command with a sentence in both languages that shows nothing of it', async (_, make, named) => {
  const { terminal, err, out } = createFakeTerminal({ DATABASE: await make() })
  expect(await runCommand(['migrate'], terminal)).toBe(78)
  const [zh = '', en = ''] = err().split('\n')
  expect(zh).toMatch(/DATABASE.*[\u4e00-\u9fff]/)
  expect(en).toContain('DATABASE')
  expect(en).toContain(named)
  expect(err() + out()).not.toContain('do-not-show-this')
})
