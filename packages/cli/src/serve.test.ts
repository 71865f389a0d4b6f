import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openTestRedis } from '../../server/test/services.ts'
import { createFakeTerminal } from '../test/fake-terminal.ts'
import { openWechat, runServe } from '../test/run-serve.ts'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { demoApp } from './demo.ts'
import { createKeyringFile } from './keyring-file.ts'
import { openRedis } from './open-redis.ts'
import { runCommand } from './run-command.ts'

const { appId, secret } = demoApp

/** What tests read of the answers; each answer has some of it. */
type Answer = Readonly<Record<'code' | 'encryptedData' | 'iv' | 'loginId', string>> & {
  readonly status: number
  readonly openedAt: number
  readonly user: { readonly id: string }
  readonly tokens: { readonly accessToken: string; readonly refreshToken: string }
}

async function post(url: string, body: unknown): Promise<Answer> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  return { ...((await response.json()) as Answer), status: response.status }
}

test('says loudly that old wire formats are on', async () => {
  const wechat = await openWechat()
  const env = { WEAPP_APPID: appId, WEAPP_SECRET: secret, WECHAT_BASE_URL: wechat.url, WEAPP_OPEN_DATA: 'enforce' }
  const served = await runServe({ ...env, WEAPP_LEGACY: '003a' })
  const url = await served.said(/http:\/\/127\.0\.0\.1:\d+/)
  expect(served.err()).toContain('!! Old wire formats are on: 003a.')
  expect(await post(`${url}/code2Session`, { jsCode: await wechat.codeOf('lin') })).toMatchObject({ status: 200 })
  expect(await post(`${url}/user`, {})).toMatchObject({ status: 404 })
})

test('serves login over real ports, logs by allow-list, and ends with 0', async () => {
  const wechat = await openWechat()
  const served = await runServe({ WEAPP_APPID: appId, WEAPP_SECRET: secret, WECHAT_BASE_URL: wechat.url })
  const url = await served.said(/http:\/\/127\.0\.0\.1:\d+/)
  const code = await wechat.codeOf('lin')
  const nonce = 'nonce-0123456789abcdef'
  const login = await post(`${url}/v1/login`, { appId, code, nonce })
  expect(login).toMatchObject({ status: 200, created: true })
  served.stop()
  expect(await served.ended).toBe(0)
  const lines = served
    .out()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(lines).toContainEqual(expect.objectContaining({ msg: 'request', route: '/v1/login', status: 200 }))
  for (const canary of [code, nonce, secret, login.tokens.accessToken, login.tokens.refreshToken])
    expect(served.out() + served.err()).not.toContain(canary)
})

test('a wrong app secret is told by errcode in the log, not by value', async () => {
  const wechat = await openWechat()
  const wrong = 'f'.repeat(32)
  const served = await runServe({ WEAPP_APPID: appId, WEAPP_SECRET: wrong, WECHAT_BASE_URL: wechat.url })
  const url = await served.said(/http:\/\/127\.0\.0\.1:\d+/)
  const login = await post(`${url}/v1/login`, {
    appId,
    code: await wechat.codeOf('lin'),
    nonce: 'nonce-0123456789abcdef',
  })
  expect(login).toMatchObject({ status: 503, code: 'app_misconfigured' })
  expect(served.out()).toContain('"errcode":40125')
  expect(served.out()).not.toContain(wrong)
})

test('new keys are announced loudly in both languages', async () => {
  const served = await runServe({ WEAPP_APPID: appId, WEAPP_SECRET: secret })
  await served.said(/is serving/)
  expect(served.err()).toContain('已生成新的密钥文件')
  expect(served.err()).toContain('A new key file was made')
})

test('without an app id it is the emulator, said loudly in both languages', async () => {
  const served = await runServe({}, [])
  await Promise.race([served.said(/is running|not built/), served.ended])
  expect(served.err()).toContain('WEAPP_APPID 与 WEAPP_SECRET：使用微信模拟器')
  expect(served.err()).toContain('this is the WeChat emulator')
})

const real = { NODE_ENV: 'production', WEAPP_APPID: appId, WEAPP_SECRET: secret, ISSUER: 'https://auth.example.com' }

test.each([
  ['no app', { NODE_ENV: 'production' }, 'WEAPP_APPID'],
  ['no issuer', { ...real, ISSUER: '' }, 'ISSUER'],
  ['no key file', real, 'weapp-auth keys'],
  ['an emulator in the place of WeChat', { ...real, WECHAT_BASE_URL: 'http://127.0.0.1:8788' }, 'WECHAT_BASE_URL'],
])('in production %s is refused with 78', async (_, env, named) => {
  const served = await runServe(env)
  expect(await served.ended).toBe(78)
  const [zh = '', en = ''] = served.err().split('\n')
  expect(zh).toContain(named)
  expect(en).toContain(named)
})

test('in production it serves with a key file that was made before', async () => {
  const keys = join(await temporaryFolder(), 'keys.json')
  await createKeyringFile(keys)
  const served = await runServe({ ...real, KEYS: keys })
  const url = await served.said(/http:\/\/127\.0\.0\.1:\d+/)
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
  expect((await fetch(`${url}/_emulator/state`)).status).toBe(404)
  expect((await fetch(`${url}/dev/journal`)).status).toBe(404)
})

test('"weapp-auth emulate" is WeChat alone', async () => {
  const fake = createFakeTerminal()
  const ended = runCommand(['emulate', '--port', '0'], fake.terminal)
  const url = await fake.said(/http:\/\/127\.0\.0\.1:[1-9]\d*/)
  expect(fake.out()).toContain(appId)
  const { code } = await post(`${url}/_emulator/wx/login`, { appId, personId: 'lin' })
  const query = new URLSearchParams({ appid: appId, secret, js_code: code, grant_type: 'authorization_code' })
  expect(await (await fetch(`${url}/sns/jscode2session?${query}`)).json()).toMatchObject({ openid: expect.any(String) })
  fake.stop()
  expect(await ended).toBe(0)
})

test('with a configuration file it shows metrics to the holder of their token, and follows its key file', async () => {
  const wechat = await openWechat()
  const folder = await temporaryFolder()
  const [config, keys] = [join(folder, 'weapp-auth.yaml'), join(folder, 'keys.json')]
  const apps = `[{ appId: ${appId}, secret: env:COFFEE, name: Coffee }]`
  await writeFile(config, `issuer: https://auth.example.com\nmetrics: { token: env:METRICS }\napps: ${apps}\n`)
  const token = 'only-for-the-test-0123456789'
  const env = { COFFEE: secret, METRICS: token, KEYS: keys, WECHAT_BASE_URL: wechat.url }
  const served = await runServe(env, ['--config', config])
  const url = await served.said(/http:\/\/127\.0\.0\.1:\d+/)

  const logIn = async () =>
    post(`${url}/v1/login`, { appId, code: await wechat.codeOf('lin'), nonce: 'nonce-0123456789abcdef' })
  const me = async ({ tokens }: Answer) =>
    (await fetch(`${url}/v1/me`, { headers: { authorization: `Bearer ${tokens.accessToken}` } })).status
  const kids = async () => {
    const { keys } = (await (await fetch(`${url}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] }
    return keys.map(({ kid }) => kid)
  }
  const kidOf = ({ tokens }: Answer) =>
    (JSON.parse(Buffer.from(tokens.accessToken.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid
  // SIGHUP: the file is looked at at once.
  const hangUp = (told: RegExp) => {
    served.hangUp()
    return served.said(told)
  }
  const rotate = async () => {
    const operator = createFakeTerminal({ KEYS: keys, WEAPP_DATA: served.data })
    expect(await runCommand(['keys', 'rotate', 'signing', '--hurry'], operator.terminal)).toBe(0)
  }

  const first = await logIn()
  expect(first).toMatchObject({ status: 200 })
  expect((await fetch(`${url}/metrics`)).status).toBe(401)
  const metrics = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } })
  expect(await metrics.text()).toContain(`weapp_auth_logins_total{app="${appId}"} 1`)

  const [former = ''] = await kids()
  await rotate()
  await hangUp(/its keys are in use/)
  const [next = ''] = await kids()
  expect(await kids()).toEqual([next, former])
  expect(kidOf(await logIn())).toBe(former)
  await rotate()
  await hangUp(/(its keys are in use[\s\S]*){2}/)
  expect(kidOf(await logIn())).toBe(next)
  expect(await me(first)).toBe(200)

  const good = await readFile(keys, 'utf8')
  await writeFile(keys, good.slice(0, -20))
  await hangUp(/cannot be used; the former keys stay in use/)
  expect(await me(first)).toBe(200)
  served.stop()
  expect(await served.ended).toBe(0)
  for (const canary of [secret, token, first.tokens.accessToken, good.slice(-100, -20)])
    expect(served.out() + served.err()).not.toContain(canary)
})

test('told to stop, it is not ready at once, serves on for a while, and lets go of connections', async () => {
  const wechat = await openWechat()
  const env = { WEAPP_APPID: appId, WEAPP_SECRET: secret, WECHAT_BASE_URL: wechat.url }
  const served = await runServe({ ...env, DRAIN_SECONDS: '7' })
  const url = await served.said(/http:\/\/127\.0\.0\.1:\d+/)
  const before = await fetch(`${url}/readyz`)
  expect([before.status, before.headers.get('connection')]).toEqual([200, 'keep-alive'])
  served.stop('SIGTERM')
  await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(503)
  const ready = await fetch(`${url}/readyz`)
  expect([ready.headers.get('connection'), await ready.json()]).toMatchObject(['close', { code: 'shutting_down' }])
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  const nonce = 'nonce-0123456789abcdef'
  expect(await post(`${url}/v1/login`, { appId, code: await wechat.codeOf('lin'), nonce })).toMatchObject({
    status: 200,
  })
  expect(served.pauses).toEqual([7000])
  served.resume()
  expect(await served.ended).toBe(0)
  await expect(fetch(`${url}/healthz`)).rejects.toThrow()
})

test('shares limits by REDIS_URL, and without that Redis serves all the same and says why', async () => {
  const database = await openTestRedis()
  if (database) onTestFinished(database.close)
  const wechat = await openWechat()
  const env = { WEAPP_APPID: appId, WEAPP_SECRET: secret, WECHAT_BASE_URL: wechat.url }
  const logIn = async (url: string) =>
    post(`${url}/v1/login`, { appId, code: await wechat.codeOf('lin'), nonce: 'nonce-0123456789abcdef' })

  const alone = await runServe({ ...env, REDIS_URL: 'redis://:hunter2@127.0.0.1:1/0' })
  expect(await logIn(await alone.said(/http:\/\/127\.0\.0\.1:\d+/))).toMatchObject({ status: 200 })
  expect(alone.err()).toContain('!! The Redis of REDIS_URL cannot be used')
  expect(alone.out()).toMatch(/"reason":"ECONNREFUSED".*"msg":"redis-away"/)
  expect(alone.out() + alone.err()).not.toContain('hunter2')
  if (!database) return

  const sharing = await runServe({ ...env, REDIS_URL: database.url })
  const { tokens } = await logIn(await sharing.said(/http:\/\/127\.0\.0\.1:\d+/))
  const [, payload = ''] = tokens.accessToken.split('.')
  const { sid } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sid: string }
  const url = await sharing.said(/http:\/\/127\.0\.0\.1:\d+/)
  await fetch(`${url}/v1/logout`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ refreshToken: tokens.refreshToken }),
  })
  expect(sharing.err()).not.toContain('REDIS_URL')
  const elsewhere = await openRedis(database.url, () => undefined)
  onTestFinished(elsewhere.close)
  await expect.poll(() => elsewhere.revocations.isRevoked(sid)).toBe(true)
})
