import { join } from 'node:path'
// The first operator need not wait for it.
import '@simplewebauthn/server'
import { adminRoutes, consoleHeader, type InvitationAnswer } from '@weapp-auth/protocol/contract'
import { expect, test } from 'vitest'
import { createFakeTerminal } from '../test/fake-terminal.ts'
import { openWechat, runServe } from '../test/run-serve.ts'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { consoleOf } from './console-of.ts'
import { demoApp } from './demo.ts'
import { createKeyringFile } from './keyring-file.ts'
import { runCommand } from './run-command.ts'

async function invite(env: Readonly<Record<string, string>>, words: string) {
  const fake = createFakeTerminal(env)
  const code = await runCommand(['operators', ...words.split(' ')], fake.terminal)
  return { code, out: fake.out(), err: fake.err() }
}

const tokenIn = (text: string) => /#invitation=([\w-]{43})/.exec(text)?.[1]

test('serve prints a link for the first operator, and the command one for another; the server takes both', async () => {
  const { url: WECHAT_BASE_URL } = await openWechat()
  const { appId: WEAPP_APPID, secret: WEAPP_SECRET } = demoApp
  const serve = await runServe({ WEAPP_APPID, WEAPP_SECRET, WECHAT_BASE_URL })
  const url = (await serve.said(/is serving .*(http:\/\/.+:\d+)/)).replace(/^.*(?=http)/, '')
  await serve.said(/#invitation=/)
  const origin = url.replace('127.0.0.1', 'localhost')
  expect(serve.err()).toContain(`${origin}/console/#invitation=`)
  const another = await invite({ WEAPP_DATA: serve.data, ISSUER: origin }, 'invite --name lin --role viewer')
  expect(another).toMatchObject({ code: 0 })
  async function read(invitation: string | undefined) {
    const headers = { 'content-type': 'application/json', [consoleHeader]: '1' }
    const body = JSON.stringify({ invitation })
    const answer = await fetch(`${url}${adminRoutes.invitation}`, { method: 'POST', headers, body })
    return (await answer.json()) as InvitationAnswer
  }
  expect(await read(tokenIn(serve.err()))).toMatchObject({ name: null, role: 'admin' })
  expect(await read(tokenIn(another.out))).toMatchObject({ name: 'lin', role: 'viewer' })
})

test.each([
  ['invite --name lin', {}, 64, 'Usage: weapp-auth operators'],
  ['invite --name lin --role root', {}, 64, 'Usage: weapp-auth operators'],
  ['invite --name a,b --role viewer', {}, 64, 'Usage: weapp-auth operators'],
  ['list', {}, 64, 'Usage: weapp-auth operators'],
  ['invite --name lin --role viewer', { WEAPP_CONSOLE: 'off' }, 78, 'There is no console'],
  ['invite --name lin --role viewer', { ISSUER: 'http://auth.example.com' }, 78, 'There is no console'],
  ['invite --name OPERATOR_TOKEN --role viewer', {}, 65, 'in use already'],
])('"operators %s" with %o is refused', async (words, env, code, text) => {
  const data = await temporaryFolder()
  await createKeyringFile(join(data, 'keys.json'))
  const refused = await invite({ WEAPP_DATA: data, ...env }, words)
  expect(refused.code).toBe(code)
  expect(refused.err).toContain(text)
})

test.each([
  ['http://127.0.0.1:8787', 'http://localhost:8787'],
  ['http://[::1]:8787', 'http://localhost:8787'],
  ['https://auth.example.com/wx', 'https://auth.example.com'],
  ['http://auth.example.com', undefined],
  ['http://0.0.0.0:8787', undefined],
])('the console of %s is at %s', (issuer, origin) => {
  expect(consoleOf(issuer)?.origin).toBe(origin)
})
