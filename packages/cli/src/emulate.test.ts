import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createFakeTerminal } from '../test/fake-terminal.ts'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { demoApp } from './demo.ts'
import { runCommand } from './run-command.ts'

async function seed(text: string): Promise<string> {
  const path = join(await temporaryFolder(), 'tea.yaml')
  await writeFile(path, text)
  return path
}

const TEA = `
apps: [{ appId: wx00000000000000aa, secret: '000000000000000000000000000000aa', name: Tea }]
people: [{ id: lin, name: 林, phones: [] }]
startAt: 2020-01-01T00:00:00Z
`

/** The emulator on a free port; stopped after the test. */
async function start(...args: string[]) {
  const fake = createFakeTerminal()
  const ended = runCommand(['emulate', '--port', '0', ...args], fake.terminal)
  onTestFinished(async () => {
    fake.stop()
    expect(await ended).toBe(0)
  })
  return { url: await fake.said(/http:\/\/127\.0\.0\.1:[1-9]\d*/), out: fake.out() }
}

async function fail(...args: string[]) {
  const fake = createFakeTerminal()
  const code = await runCommand(['emulate', ...args], fake.terminal)
  return { code, err: fake.err() }
}

test('prints its address, who is in it, and every control route, in both languages', async () => {
  const { url, out } = await start()
  for (const part of [url, demoApp.appId, demoApp.secret, 'lin', '控制接口', 'control routes'])
    expect(out).toContain(part)
  for (const route of ['GET /_emulator/state', 'POST /_emulator/push/send', 'POST /_emulator/faults'])
    expect(out).toContain(route)
})

test('a seed decides who is in it and when it starts; --clock wins over the seed', async () => {
  const path = await seed(TEA)
  const { url, out } = await start('--seed', path)
  expect(out).toContain('wx00000000000000aa')
  expect(out).not.toContain(demoApp.appId)
  expect(out).toContain('2020-01-01T00:00:0')
  expect(await (await fetch(`${url}/_emulator/state`)).json()).toMatchObject({ people: [{ id: 'lin' }] })
  expect((await start('--seed', path, '--clock', '2030-06-01')).out).toContain('2030-06-01T00:00:0')
})

test('pushes to a real server by the fetch of Node: verified, then an event that is answered', async () => {
  const heard: string[] = []
  const receiver = createServer((request, response) => {
    heard.push(`${request.method} ${request.headers['content-type'] ?? ''}`.trim())
    request
      .resume()
      .on('end', () => response.end(new URL(request.url ?? '', 'http://x').searchParams.get('echostr') ?? 'success'))
  })
  await new Promise<void>(done => receiver.listen(0, '127.0.0.1', done))
  onTestFinished(() => void receiver.close())
  const { port } = receiver.address() as AddressInfo
  const push = { url: `http://127.0.0.1:${port}/push`, token: 'AAAAA', encodingAesKey: 'A'.repeat(43), format: 'xml' }
  const { url } = await start(
    '--seed',
    await seed(TEA.replace('name: Tea', `name: Tea, push: ${JSON.stringify(push)}`)),
  )
  const post = async (path: string, body: object) => {
    const init = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    return (await fetch(`${url}/_emulator/push/${path}`, init)).json()
  }
  const appId = 'wx00000000000000aa'
  expect(await post('verify-url', { appId })).toMatchObject({ accepted: true })
  const event = { event: 'user_authorization_revoke', personId: 'lin', revokeInfo: '8' }
  expect(await post('send', { appId, event })).toMatchObject({ accepted: true, attempts: 1 })
  expect(heard).toEqual(['GET', 'POST text/xml'])
  receiver.closeAllConnections()
  await new Promise(done => receiver.close(done))
  expect(await post('verify-url', { appId })).toMatchObject({
    text: { en: 'the receiver cannot be reached (ECONNREFUSED)' },
  })
})

test('a seed without anybody starts too', async () => {
  expect((await start('--seed', await seed('{ apps: [], people: [] }'))).out).not.toContain('curl')
})

test('a bad seed ends it with 65, its line and its field', async () => {
  const { code, err } = await fail('--seed', await seed(TEA.replace('name: Tea', 'name: 5')))
  expect(code).toBe(65)
  expect(err).toMatch(/tea\.yaml 第 2 行："apps\[0\]\.name" 必须是/)
  expect(err).toMatch(/tea\.yaml, line 2: "apps\[0\]\.name" must be/)
})

test.each([
  [['--seed', '/nowhere.yaml'], 69, '/nowhere.yaml'],
  [['--clock', 'noon'], 78, '--clock'],
  [['--clock', '2026-13-01'], 78, '--clock'],
  [['--tls', '--tls-port', 'x'], 78, '--tls-port'],
  [['--tls=yes'], 64, '--tls'],
])('%j ends it with %i, said in both languages', async (args, exit, named) => {
  const { code, err } = await fail('--port', '0', ...args)
  expect(code).toBe(exit)
  const [zh = '', en = ''] = err.split('\n')
  expect(zh).toMatch(/[一-龥]/)
  for (const sentence of [zh, en]) expect(sentence).toContain(named)
})

test.each(['--port', '--tls-port'])('a busy %s is named, and nothing stays open', async flag => {
  const busy = createServer()
  await new Promise<void>(done => busy.listen(0, '127.0.0.1', done))
  onTestFinished(() => void busy.close())
  const { port } = busy.address() as AddressInfo
  const ports = { '--port': '0', '--tls-port': '0', [flag]: String(port) }
  const data = await temporaryFolder()
  const { code, err } = await fail('--tls', '--data', data, ...Object.entries(ports).flat())
  expect(code).toBe(69)
  expect(err).toContain(`Port ${port} is in use`)
  expect(err).toContain(flag)
})
