import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createFakeTerminal } from '../test/fake-terminal.ts'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { createKeyringFile } from './keyring-file.ts'
import { runCommand } from './run-command.ts'

const appId = 'wx00000000000000f1'
const secret = 'c0ffee00c0ffee00c0ffee00c0ffee00'

async function open() {
  const data = await temporaryFolder()
  await createKeyringFile(join(data, 'keys.json'))
  return async (words: string, input = '', env: Readonly<Record<string, string>> = {}) => {
    const fake = createFakeTerminal({ WEAPP_DATA: data, ...env }, input)
    const code = await runCommand(['apps', ...words.split(' ')], fake.terminal)
    return { code, out: fake.out(), err: fake.err() }
  }
}

test('an app is added with its secret from standard input, listed masked, changed and removed', async () => {
  const run = await open()
  expect(await run(`add ${appId} --set name=Tea --set openData=enforce`, `${secret}\n`)).toMatchObject({ code: 0 })
  const list = await run('list')
  expect(list.out).toContain(`${appId}  secret sha256:`)
  expect(list.out).toContain('"name":"Tea","openData":"enforce"')
  expect(list.out).not.toContain(secret)
  expect(await run(`set ${appId} --set phoneBudget=1000 --set openData=null`)).toMatchObject({ code: 0 })
  expect((await run('list')).out).toMatch(/"openData":"off".*"phoneBudget":1000/)
  const before = /sha256:(\w+)/.exec(list.out)?.[1]
  expect(await run(`set ${appId} --secret`, '', { WEAPP_SECRET: 'e'.repeat(32) })).toMatchObject({ code: 0 })
  expect(/sha256:(\w+)/.exec((await run('list')).out)?.[1]).not.toBe(before)
  expect(await run(`remove ${appId}`)).toMatchObject({ code: 0 })
  expect(await run('list')).toMatchObject({ code: 0, out: '' })
})

test.each([
  [`add ${appId}`, '', 64, 'WEAPP_SECRET'],
  [`add ${appId} --set nmae=Tea`, secret, 65, '"app.nmae" must not be there'],
  [`add ${appId} --set openData=on`, secret, 65, '"app.openData" must be one of'],
  [`add ${appId} --set component=wx1 --set push={"token":"AAAAA"}`, '', 65, '"app.push" must be left out'],
  [`add ${appId} --set secret=abc`, secret, 64, '--set secret'],
  [`set ${appId} --set name=Tea`, '', 65, 'is not there'],
  [`remove ${appId}`, '', 65, 'is not there'],
  ['add', '', 64, 'Usage: weapp-auth apps'],
  ['dance wx1', '', 64, 'Usage: weapp-auth apps'],
])('"apps %s" is refused', async (words, input, code, text) => {
  const refused = await (await open())(words, input)
  expect(refused.code).toBe(code)
  expect(refused.err).toContain(text)
  expect(refused.err).not.toContain(secret)
})

test('an app takes the keys of its pushes from the environment, and needs no secret with a third-party platform', async () => {
  const run = await open()
  const push = 'push={"token":"env:PUSH_TOKEN","encodingAesKey":"env:PUSH_KEY"}'
  const keys = { PUSH_TOKEN: 'OnlyForTheTest', PUSH_KEY: 'k'.repeat(43) }
  expect(await run(`add ${appId} --set ${push}`, secret, keys)).toMatchObject({ code: 0 })
  expect(await run(`set ${appId} --set ${push}`, '', { PUSH_KEY: keys.PUSH_KEY })).toMatchObject({
    code: 65,
    err: expect.stringContaining('the variable PUSH_TOKEN'),
  })
  for (const hidden of [keys.PUSH_TOKEN, keys.PUSH_KEY]) expect((await run('list')).out).not.toContain(hidden)

  const other = 'wx00000000000000f2'
  expect(await run(`add ${other} --set component=wx00000000000000c1`)).toMatchObject({ code: 0 })
  expect((await run('list')).out).toMatch(
    /wx00000000000000f2 {2}secret sha256:- .*\n.*"component":"wx00000000000000c1"/,
  )
  expect(await run(`set ${other} --secret`, secret)).toMatchObject({ code: 0 })
  expect((await run('list')).out).toMatch(/wx00000000000000f2 {2}secret sha256:\w{8} .*\n.*"component":null/)
})

test('an app is added once', async () => {
  const run = await open()
  await run(`add ${appId}`, secret)
  expect(await run(`add ${appId}`, secret)).toMatchObject({ code: 65 })
})
