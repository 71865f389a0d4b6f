import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { routes } from '@weapp-auth/protocol/contract'
import { createMemoryStore } from '@weapp-auth/server/memory'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createFakeTerminal } from '../test/fake-terminal.ts'
import { openWechat, runServe } from '../test/run-serve.ts'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { demoApp } from './demo.ts'
import { createKeyringFile } from './keyring-file.ts'
import { listen } from './listen.ts'
import { type Variable, variables } from './read-config.ts'
import { type ConfigFile, variableOf } from './read-config-file.ts'
import { runCommand } from './run-command.ts'

// Providers and buckets in the internet tell what they were opened with.
vi.mock('@weapp-auth/server/sms-tencent', () => ({
  createTencentSms: (options: object) => ({
    name: 'tencent',
    send: async () => ({ status: 'sent', messageId: JSON.stringify(options) }),
  }),
}))
const bucket = vi.hoisted(() => ({ puts: [] as string[] }))
vi.mock('@weapp-auth/server/avatars-s3', () => ({
  createS3Avatars: (options: object) => ({ put: async () => void bucket.puts.push(JSON.stringify(options)) }),
}))

const pools: { readonly pool: { readonly config: { readonly connectionLimit: number } } }[] = []
vi.mock('@weapp-auth/server/mysql', () => ({
  createMysqlStore: async ({ pool }: { pool: (typeof pools)[number] }) => {
    pools.push(pool)
    return createMemoryStore()
  },
}))

afterEach(() => void vi.useRealTimers())

const { appId, secret } = demoApp
const otherApp = { ...demoApp, appId: 'wx00000000000000f2', name: 'Other' }
const day = 24 * 3_600_000
const number = '12000000001'
const people = ['lin', 'twin'].map(id => ({ id, name: id, phones: [{ number }] }))
const token = 'only-for-the-test-0123456789'
const operatorToken = 'only-for-the-test-0123456789-and-longer'
const asOperator = { headers: { authorization: `Bearer ${operatorToken}` } }
const nonce = () => `nonce-${Math.random().toString(36).slice(2).padEnd(20, '0')}`

type Env = Readonly<Record<string, string>>
/** What tests read of the answers; each answer has some of it. */
type Body = Readonly<Record<'code' | 'loginId' | 'issuer' | 'avatarUrl', string>> & {
  readonly tokens: { readonly accessToken: string }
  readonly merge: { readonly mergedAt: string; readonly undoUntil: string }
  readonly user: { readonly profile: { readonly avatarUrl: string } }
  readonly keys: readonly { readonly kid: string }[]
}

/** A running `serve`, and somebody who looks at it. */
async function open(env: Env, config: string | null) {
  const wechat = await openWechat({ apps: [demoApp, otherApp], people })
  const folder = await temporaryFolder()
  const file = join(folder, 'weapp-auth.yaml')
  if (config !== null) await writeFile(file, config)
  const base = { WEAPP_APPID: appId, WEAPP_SECRET: secret, WECHAT_BASE_URL: wechat.url }
  const served = await runServe({ ...base, ...env }, config === null ? [] : ['--config', file])
  const url = (await served.said(/is serving .*(http:\/\/.+:\d+)/)).replace(/^.*(?=http)/, '')

  async function ask(path: string, init: RequestInit = {}) {
    const response = await fetch(url + path, init)
    const text = await response.text()
    const body = (text.startsWith('{') ? JSON.parse(text) : {}) as Body
    return { status: response.status, text, body, outcome: body.code ?? response.status }
  }
  const post = (path: string, body: object, bearer = '') =>
    ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
      body: JSON.stringify(body),
    })
  const login = async (person = 'lin', app = appId) =>
    post('/v1/login', { appId: app, code: await wechat.codeOf(person, app), nonce: nonce() })
  const bearerOf = async (person = 'lin') => (await login(person)).body.tokens.accessToken
  const tap = (person = 'lin') => wechat.emulator.wx(person, appId).tapPhoneButton()
  const phone = async (person = 'lin') =>
    post('/v1/phone', { code: (await tap(person)).code, nonce: nonce() }, await bearerOf(person))
  const sms = async () => {
    const { outcome } = await post('/v1/sms', { number: '+8613800138000', nonce: nonce() }, await bearerOf())
    return outcome
  }
  const upload = async (bytes = 16) => {
    const body = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(bytes)])
    const headers = { authorization: `Bearer ${await bearerOf()}`, 'content-type': 'image/png' }
    return ask('/v1/profile/avatar', { method: 'POST', headers, body })
  }
  return { ...served, url, folder, wechat, ask, post, login, bearerOf, tap, phone, sms, upload }
}

type Opened = Awaited<ReturnType<typeof open>>

interface Row {
  /** What it is set to; some need a place of their own. */
  readonly to: string | (() => Promise<string>)
  /** Around it, in both runs. */
  readonly env?: Env
  /** The file in both runs. */
  readonly file?: string
  /** What is seen of a server that has it, or has it not. */
  readonly look: (server: Opened, to: string) => Promise<unknown>
  readonly without: unknown
  readonly with: unknown
}

const inFolder = (name: string) => async () => join(await temporaryFolder(), name)
const stamp = () => ({ timestamp: String(Math.floor(Date.now() / 1000)), nonce: '42' })

/** The query of a pushed message in plain mode. */
function signed(pushToken: string): string {
  const { timestamp, nonce } = stamp()
  const signature = createHash('sha1').update([pushToken, timestamp, nonce].sort().join('')).digest('hex')
  return String(new URLSearchParams({ timestamp, nonce, signature }))
}

const tencent = {
  SMS_PROVIDER: 'tencent',
  SMS_KEY_ID: 'former',
  SMS_KEY_SECRET: 'former',
  SMS_SIGN_NAME: 'former',
  SMS_TEMPLATE: 'former',
  SMS_SDK_APP_ID: 'former',
}

/** Told to the provider under this name. */
function toldTencent(name: string): Row {
  return {
    to: 'latter',
    env: tencent,
    async look({ sms, out }) {
      expect(await sms()).toBe(200)
      const line =
        out()
          .split('\n')
          .find(line => line.includes('"sms-sent"')) ?? ''
      return JSON.parse(JSON.parse(line).messageId)[name]
    },
    without: 'former',
    with: 'latter',
  }
}

const rows: Readonly<Record<Variable, Row>> = {
  WEAPP_APPID: {
    to: otherApp.appId,
    look: async ({ login }) => (await login()).outcome,
    without: 200,
    with: 'app_unknown',
  },
  WEAPP_SECRET: {
    to: 'f'.repeat(32),
    look: async ({ login }) => (await login()).outcome,
    without: 200,
    with: 'app_misconfigured',
  },
  WEAPP_APP_NAME: {
    to: 'Coffee',
    look: async ({ err }) => /is serving (.*): http/.exec(err())?.[1],
    without: appId,
    with: `Coffee ${appId}`,
  },
  WEAPP_OPEN_DATA: {
    to: 'enforce',
    async look({ login, post, tap }) {
      const { loginId, tokens } = (await login()).body
      const { encryptedData, iv } = await tap()
      return (await post('/v1/phone', { encryptedData, iv, loginId, nonce: nonce() }, tokens.accessToken)).outcome
    },
    without: 'open_data_off',
    with: 200,
  },
  WEAPP_PHONE_CONFLICT: {
    to: 'reject',
    look: async ({ phone }) => [(await phone('lin')).outcome, (await phone('twin')).outcome],
    without: [200, 200],
    with: [200, 'phone_taken'],
  },
  WEAPP_PHONE_COOL_DOWN_DAYS: {
    to: '1',
    env: { WEAPP_PHONE_CONFLICT: 'transfer' },
    async look({ phone }) {
      await phone('lin')
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * day })
      return (await phone('twin')).outcome
    },
    without: 'phone_cooling',
    with: 200,
  },
  WEAPP_MERGE_UNDO_DAYS: {
    to: '3',
    async look({ post, bearerOf }) {
      const { code } = (await post(routes.mergeCode, {}, await bearerOf('twin'))).body
      const { merge } = (await post(routes.myMerges, { code, nonce: nonce() }, await bearerOf('lin'))).body
      return (Date.parse(merge.undoUntil) - Date.parse(merge.mergedAt)) / day
    },
    without: 7,
    with: 3,
  },
  WEAPP_LEGACY: {
    to: '003a',
    env: { WEAPP_OPEN_DATA: 'enforce' },
    look: async ({ post, wechat }) => (await post('/code2Session', { jsCode: await wechat.codeOf('lin') })).status,
    without: 404,
    with: 200,
  },
  WEAPP_SEND_OPENID: {
    to: 'false',
    async look({ phone, wechat }) {
      await phone()
      return wechat.asked.some(body => body.includes('"openid"'))
    },
    without: true,
    with: false,
  },
  WEAPP_PUSH_TOKEN: {
    to: 'AAAAA',
    async look({ ask }) {
      return (await ask(`/v1/wechat/push/${appId}?${signed('AAAAA')}&echostr=echo`)).text === 'echo'
    },
    without: false,
    with: true,
  },
  WEAPP_PUSH_AES_KEY: {
    to: 'A'.repeat(43),
    env: { WEAPP_PUSH_TOKEN: 'AAAAA' },
    async look({ post }) {
      const message = { ToUserName: 'gh_0', FromUserName: 'o', CreateTime: 1, MsgType: 'event', Event: 'other' }
      return (await post(`/v1/wechat/push/${appId}?${signed('AAAAA')}`, message)).outcome
    },
    without: 200,
    with: 'push_invalid',
  },
  WEAPP_PHONE_BUDGET: {
    to: '0',
    look: async ({ phone }) => (await phone()).outcome,
    without: 200,
    with: 'phone_budget_spent',
  },
  WEAPP_CONFIG: {
    async to() {
      const path = await inFolder('other.yaml')()
      await writeFile(path, `apps: [{ appId: ${otherApp.appId}, secret: "${otherApp.secret}" }]`)
      return path
    },
    look: async ({ login }) => (await login('lin', otherApp.appId)).outcome,
    without: 'app_unknown',
    with: 200,
  },
  SMS_PROVIDER: {
    to: 'print',
    look: async ({ sms, err }) => [await sms(), /SMS \S+: \d{6}/.test(err())],
    without: ['sms_off', false],
    with: [200, true],
  },
  SMS_KEY_ID: toldTencent('secretId'),
  SMS_KEY_SECRET: toldTencent('secretKey'),
  SMS_SIGN_NAME: toldTencent('signName'),
  SMS_TEMPLATE: toldTencent('templateId'),
  SMS_SDK_APP_ID: toldTencent('sdkAppId'),
  TRUST_PROXY: {
    to: '1',
    file: 'limits: { perIp: { requests: 1, windowMs: 60000 } }',
    async look({ ask }) {
      const headers = { 'x-forwarded-for': '203.0.113.7' }
      await ask('/.well-known/jwks.json', { headers })
      return (await ask('/.well-known/jwks.json', { headers })).outcome
    },
    without: 200,
    with: 'rate_limited',
  },
  WEAPP_MAX_UNDER_WAY: {
    to: '16',
    async look({ ask, post }) {
      // Twelve logins whose bodies are still to come have taken what logins may take.
      const stop = new AbortController()
      const slow = Array.from({ length: 12 }, () => hold(ask, stop.signal))
      await expect
        .poll(async () => (await ask('/metrics', { headers: { authorization: `Bearer ${token}` } })).text)
        .toMatch(/under_way 13/)
      const { outcome } = await post('/v1/login', {})
      stop.abort()
      await Promise.all(slow)
      return outcome
    },
    env: { METRICS_TOKEN: token },
    without: 'request_invalid',
    with: 'overloaded',
  },
  WECHAT_BASE_URL: {
    // Where nobody listens: without it the real WeChat would be asked.
    to: 'http://127.0.0.1:1',
    look: async ({ login }) => (await login()).outcome,
    without: 200,
    with: 'upstream_unavailable',
  },
  HOST: { to: 'localhost', look: async ({ url }) => new URL(url).hostname, without: '127.0.0.1', with: 'localhost' },
  PORT: {
    async to() {
      const { url, close } = await listen({
        fetch: async () => new Response(),
        host: '127.0.0.1',
        port: 0,
        portFlag: '',
      })
      await close(0)
      return new URL(url).port
    },
    look: async ({ url }, to) => new URL(url).port === to,
    without: false,
    with: true,
  },
  EMULATOR_PORT: {
    to: '1',
    // Of `dev` and `emulate`, which is what `serve` is without a mini program.
    async look(_, to) {
      const fake = createFakeTerminal({ EMULATOR_PORT: to || '0' })
      const ended = runCommand(['emulate'], fake.terminal)
      await Promise.race([fake.said(/http:\/\/127\.0\.0\.1:\d+/), ended])
      fake.stop()
      await ended
      return /127\.0\.0\.1:1\b|--port/.test(fake.out() + fake.err())
    },
    without: false,
    with: true,
  },
  WEAPP_DATA: {
    to: inFolder('data'),
    look: async (_, to) => existsSync(join(to, 'keys.json')) && existsSync(join(to, 'weapp-auth.sqlite')),
    without: false,
    with: true,
  },
  DATABASE: { to: inFolder('other.sqlite'), look: async (_, to) => existsSync(to), without: false, with: true },
  WEAPP_DATABASE_POOL: {
    to: '5',
    env: { DATABASE: 'mysql://weapp@127.0.0.1:1/weapp' },
    look: async () => pools.at(-1)?.pool.config.connectionLimit,
    without: 16,
    with: 5,
  },
  KEYS: {
    async to() {
      const path = await inFolder('keys.json')()
      await createKeyringFile(path)
      return path
    },
    async look({ ask }, to) {
      const [key] = (await ask('/.well-known/jwks.json')).body.keys
      return existsSync(to) && readFileSync(to, 'utf8').includes(key?.kid ?? '?')
    },
    without: false,
    with: true,
  },
  REDIS_URL: {
    // Where nobody listens, which is said; that it is used where somebody does is in serve.test.ts.
    to: 'redis://127.0.0.1:1/0',
    look: async ({ err }) => err().includes('The Redis of REDIS_URL cannot be used'),
    without: false,
    with: true,
  },
  DRAIN_SECONDS: {
    to: '7',
    async look({ stop, pauses }) {
      stop('SIGTERM')
      await expect.poll(() => pauses.length).toBe(1)
      return pauses
    },
    without: [5000],
    with: [7000],
  },
  ISSUER: {
    to: 'https://auth.example.com',
    look: async ({ ask, url }) =>
      (await ask('/.well-known/oauth-authorization-server')).body.issuer.replace(url, 'where it listens'),
    without: 'where it listens',
    with: 'https://auth.example.com',
  },
  METRICS_TOKEN: {
    to: token,
    look: async ({ ask }) => (await ask('/metrics', { headers: { authorization: `Bearer ${token}` } })).status,
    without: 404,
    with: 200,
  },
  WEAPP_CONSOLE: {
    to: 'off',
    look: async ({ ask }) => (await ask('/admin/v1/operator')).outcome,
    without: 'operator_unauthorized',
    with: 'route_unknown',
  },
  OPERATOR_TOKEN: {
    to: operatorToken,
    look: async ({ ask }) => (await ask('/admin/v1/operator', asOperator)).text,
    without: expect.stringContaining('operator_unauthorized'),
    with: '{"name":"OPERATOR_TOKEN","role":"admin"}',
  },
  WEAPP_PHONE_PRICE: {
    to: '0.04',
    env: { OPERATOR_TOKEN: operatorToken },
    look: async ({ ask }) => /"price":([\d.]+)/.exec((await ask('/admin/v1/cost', asOperator)).text)?.[1],
    without: '0.03',
    with: '0.04',
  },
  WEAPP_TRACE: {
    to: 'off',
    env: { OPERATOR_TOKEN: operatorToken },
    look: async ({ ask }) => /"keeping":"(\w+)"/.exec((await ask('/admin/v1/traces', asOperator)).text)?.[1],
    without: 'on',
    with: 'off',
  },
  LOG_LEVEL: {
    to: 'silent',
    async look({ ask, out }) {
      await ask('/readyz')
      return out().includes('/readyz')
    },
    without: true,
    with: false,
  },
}

/** A login whose body never ends. */
function hold(ask: Opened['ask'], signal: AbortSignal): Promise<unknown> {
  const headers = { 'content-type': 'application/json' }
  const body = new ReadableStream({ start: controller => controller.enqueue(new TextEncoder().encode('{')) })
  return ask('/v1/login', { method: 'POST', headers, body, signal, duplex: 'half' } as RequestInit).catch(
    () => undefined,
  )
}

/** The environment without what would win over the file. */
const unset = (name: string, env: Env = {}) => ({ ...env, [name]: '' })

describe('a variable changes what serve does', () => {
  test('each has a row here', () => {
    expect(Object.keys(rows).sort()).toEqual(Object.keys(variables).sort())
  })

  test.each(Object.entries(rows))('%s', async (name, row) => {
    const to = typeof row.to === 'string' ? row.to : await row.to()
    const file = row.file ?? null
    const without = await row.look(await open(row.env ?? {}, file), name === 'EMULATOR_PORT' ? '' : to)
    vi.useRealTimers()
    expect([without, await row.look(await open({ ...row.env, [name]: to }, file), to)]).toEqual([row.without, row.with])
  })
})

describe('a field of the configuration file changes what serve does', () => {
  test.each(Object.entries(variableOf))('%s, as %s does', async (field, name) => {
    const { file, env, look, ...row } = rows[name]
    const to = typeof row.to === 'string' ? row.to : await row.to()
    const [outer = '', inner] = field.split('.')
    const line = JSON.stringify({ [outer]: inner === undefined ? to : { [inner]: to } })
    expect(await look(await open(unset(name, env), merged(line, file)), to)).toEqual(row.with)
  })

  const app = `{ appId: ${otherApp.appId}, secret: "${otherApp.secret}" }`
  const fields: Readonly<
    Record<Exclude<keyof ConfigFile, 'variables' | 'warnings'>, readonly Omit<Row, 'to' | 'env'>[]>
  > = {
    apps: [
      {
        file: `apps: [${app}]`,
        look: async ({ login }) => (await login('lin', otherApp.appId)).outcome,
        without: 'app_unknown',
        with: 200,
      },
    ],
    components: [
      {
        file: `components: [{ appId: wxc, secret: ${token}, push: { token: AAAAA, encodingAesKey: ${'k'.repeat(43)} } }]`,
        look: async ({ ask }) =>
          (await ask('/v1/wechat/component/wxc', { method: 'POST', body: '<xml></xml>' })).outcome,
        without: 'app_unknown',
        with: 'push_invalid',
      },
      {
        file: `
components: [{ appId: wxc, secret: ${token}, push: { token: AAAAA, encodingAesKey: ${'k'.repeat(43)} } }]
apps: [{ appId: ${otherApp.appId}, component: wxc }]`,
        look: async ({ login, out }) => {
          const { outcome } = await login('lin', otherApp.appId)
          return [outcome, out().includes('"componentToken"')]
        },
        without: ['app_unknown', false],
        with: ['app_misconfigured', true],
      },
    ],
    backends: [
      {
        file: `backends: [{ id: orders, secret: ${token} }]`,
        async look({ ask }) {
          const authorization = `Basic ${Buffer.from(`orders:${token}`).toString('base64')}`
          const body = new URLSearchParams({ token: 'unknown' })
          return (await ask('/v1/introspect', { method: 'POST', headers: { authorization }, body })).text
        },
        without: expect.stringContaining('invalid_client'),
        with: '{"active":false}',
      },
    ],
    operators: [
      {
        file: `operators: [{ name: lin, token: ${operatorToken}, role: viewer }]`,
        look: async ({ ask }) => (await ask('/admin/v1/operator', asOperator)).text,
        without: expect.stringContaining('operator_unauthorized'),
        with: '{"name":"lin","role":"viewer"}',
      },
    ],
    limits: [
      {
        file: 'limits: { perApp: { requests: 1, windowMs: 60000 } }',
        async look({ login }) {
          await login()
          return (await login()).outcome
        },
        without: 200,
        with: 'rate_limited',
      },
    ],
    avatars: [
      {
        file: 'avatars: { folder: FOLDER/pictures }',
        async look({ upload, folder }) {
          await upload()
          return existsSync(join(folder, 'pictures'))
        },
        without: false,
        with: true,
      },
      {
        file: 'avatars: { folder: FOLDER, maxBytes: 1024 }',
        look: async ({ upload }) => (await upload(2000)).status,
        without: 200,
        with: 413,
      },
      {
        file: 'avatars: { folder: FOLDER, publicUrl: "https://cdn.example.com" }',
        look: async ({ upload }) => /cdn\.example\.com/.test((await upload()).body.user.profile.avatarUrl),
        without: false,
        with: true,
      },
      {
        file: 'avatars: { bucket: b, region: r, accessKeyId: i, secretAccessKey: s, prefix: p }',
        async look({ upload }) {
          bucket.puts.length = 0
          await upload()
          return [...bucket.puts]
        },
        without: [],
        with: ['{"bucket":"b","region":"r","accessKeyId":"i","secretAccessKey":"s","prefix":"p"}'],
      },
    ],
  }

  test.each(Object.values(fields).flat())('$file', async ({ file = '', look, ...seen }) => {
    const without = await look(await open({}, null), '')
    const folder = await temporaryFolder()
    const server = await open({}, file.replace('FOLDER', folder))
    expect([without, await look({ ...server, folder }, '')]).toEqual([seen.without, seen.with])
  })
})

/** Two files of one line each: JSON is YAML, and their fields do not meet. */
function merged(line: string, file = ''): string {
  return `${line.slice(1, -1)}\n${file}`.replace(/^"(\w+)":/, '$1: ')
}
