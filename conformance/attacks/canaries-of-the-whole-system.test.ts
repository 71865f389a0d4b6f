import { execFileSync, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createEmulator } from '@weapp-auth/emulator'
import { routes } from '@weapp-auth/protocol/contract'
import { createTracing } from '@weapp-auth/server/tracing'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { startPostgres } from '../faults/services/postgres.ts'
import { findProgram } from '../faults/services/run-program.ts'
import { listen } from '../listen.ts'
import { findCanaries } from './find-canaries.ts'
import { app, openTarget } from './open-target.ts'

/*
 * A26: a thousand people, each with a number of their own, through `weapp-auth serve` in a process of its own, with
 * success and failure. Then everything it wrote is searched: answers to others, refusals, standard output and error,
 * metrics, files of the database with its log, a dump, the audit log.
 */

const people = [...new Set(Array.from({ length: 1000 }, () => `138${String(randomInt(10 ** 8)).padStart(8, '0')}`))]
const find = findCanaries(people)
const metricsToken = 'only-for-the-canaries-0123456789'

describe('the search', () => {
  const [number = ''] = people
  const grouped = `${number.slice(0, 3)} ${number.slice(3, 7)}-${number.slice(7)}`
  test.each([
    ['plain', `x${number}y`],
    ['with its country', `+86${number}`],
    ['grouped', `tel ${grouped}`],
    ['in Base64', Buffer.from(`{"n":"${number}"}`).toString('base64')],
    ['in Base64URL, a byte later', Buffer.from(`  +86${number}`).toString('base64url')],
    ['percent by percent', [...number].map(digit => `%3${digit}`).join('')],
    ['in hexadecimal', Buffer.from(`+86${number}.`).toString('hex')],
  ])('finds a number %s', (_, planted) => {
    expect(find(`… ${planted} …`)).toEqual([number])
  })

  test('lets masks and numbers of nobody pass', () => {
    expect(find(`${number.slice(0, 3)}******${number.slice(-2)} 13900000000 1795233600000`)).toEqual([])
  })
})

/** `weapp-auth` as it is installed, in a process of its own. */
function run(args: readonly string[], env: Readonly<Record<string, string>>) {
  const bin = join(dirname(createRequire(import.meta.url).resolve('weapp-auth')), '..', 'dist', 'bin.js')
  const child = spawn(process.execPath, [bin, ...args], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: 'pipe',
  })
  let text = ''
  let wake: () => void = () => undefined
  const ended = new Promise<void>(resolve => child.on('close', () => resolve()))
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('latin1').on('data', chunk => {
      text += chunk
      wake()
    })
  async function said(expression: RegExp): Promise<string> {
    for (;;) {
      const match = expression.exec(text)
      if (match) return match[0]
      const more = new Promise<'more'>(resolve => {
        wake = () => resolve('more')
      })
      if ((await Promise.race([more, ended.then(() => 'ended' as const)])) === 'ended') throw new Error(text)
    }
  }
  onTestFinished(() => void child.kill('SIGKILL'))
  return { child, ended, said, text: () => text }
}

/** Everything that was written, by what it is. */
type Written = Map<string, string>

async function play(database: Readonly<Record<string, string>>): Promise<Written> {
  const data = await mkdtemp(join(tmpdir(), 'weapp-auth-canary-'))
  onTestFinished(() => rm(data, { recursive: true, force: true }))
  const emulator = createEmulator({
    apps: [app],
    people: people.map(number => ({ id: number, name: 'Canary', phones: [{ number }] })),
  })
  const heard: string[] = []
  const wechat = await listen(async request => {
    const answer = await emulator.fetch(request)
    heard.push(await answer.clone().text())
    return answer
  })
  onTestFinished(async () => {
    await wechat.close()
    emulator.close()
  })
  const env = {
    ...{ WEAPP_APPID: app.appId, WEAPP_SECRET: app.secret, WECHAT_BASE_URL: wechat.origin, WEAPP_OPEN_DATA: 'enforce' },
    ...{ WEAPP_DATA: data, PORT: '0', LOG_LEVEL: 'debug', METRICS_TOKEN: metricsToken, DRAIN_SECONDS: '0' },
    ...database,
  }
  const served = run(['serve'], env)
  const url = (await served.said(/is serving .*http:\/\/127\.0\.0\.1:\d+/)).replace(/^.* /, '')

  const toOthers: string[] = []
  const send = async (path: string, init: RequestInit, owner: string | null) => {
    const answer = await fetch(`${url}${path}`, init)
    const text = `${answer.status} ${JSON.stringify([...answer.headers])} ${await answer.text()}`
    // Whoever asks may read the own number, where it is granted; nobody reads that of somebody else.
    if (answer.status >= 400 || find(text).some(one => one !== owner)) toOthers.push(text)
    return { status: answer.status, text }
  }
  const post = (path: string, body: unknown, owner: string | null, headers: Readonly<Record<string, string>> = {}) =>
    send(
      path,
      { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) },
      owner,
    )

  const granted: number[] = []
  const visit = async (number: string, at: number) => {
    const phone = emulator.wx(number, app.appId)
    phone.show()
    const login = async () => ((await phone.wx.login()) as { code: string }).code
    phone.decide({ decision: 'allow' })
    const { code = '' } = await phone.tapPhoneButton()
    const nonce = `canary-${number}-0`
    const body = { appId: app.appId, code: await login(), nonce, phone: { code } }
    const { status, text } = await post(routes.loginPhone, body, number)
    granted.push(status)
    if (at % 20 > 0) return
    // One in twenty also does what is refused, with the number wherever it fits.
    const token = /"accessToken":"([^"]+)"/.exec(text)?.[1] ?? ''
    const bearer = { authorization: `Bearer ${token}` }
    await send(routes.me, { headers: bearer }, number)
    await post(routes.loginPhone, { ...body, nonce: `canary-${number}-1` }, null)
    await post(routes.phone, { code: number, nonce: `canary-${number}-2` }, null, bearer)
    await post(routes.phone, { phone: number }, null, bearer)
    await post(routes.sms, { number: `+86${number}`, nonce: `canary-${number}-3` }, null, bearer)
    // The id of a request is the caller's to choose, and is told as it came: no place for a number.
    await post(`/v1/${number}?phone=${number}`, { [number]: number }, null, { referer: number })
    await send(
      routes.login,
      { method: 'POST', headers: { 'content-type': `text/${number}` }, body: `{"${number}` },
      null,
    )
    await send(routes.me, { headers: { authorization: `Bearer ${number}`, 'user-agent': number } }, null)
    emulator.control.faults.next({ api: 'code2Session', fault: at % 40 ? 'not-json' : { errcode: 40226 } })
    await post(routes.login, { appId: app.appId, code: await login(), nonce: `canary-${number}-4` }, null)
  }
  for (let at = 0; at < people.length; at += 10)
    await Promise.all(people.slice(at, at + 10).map((number, index) => visit(number, at + index)))
  expect(granted.filter(status => status === 200).length).toBeGreaterThan(people.length * 0.9)

  const written: Written = new Map([['answers to others, and refusals', toOthers.join('\n')]])
  const metrics = await fetch(`${url}${routes.metrics}`, { headers: { authorization: `Bearer ${metricsToken}` } })
  written.set('metrics', await metrics.text())
  await readFiles(data, 'while it runs', written)
  const dump = database.DATABASE === undefined ? null : dumpOf(database.DATABASE)
  if (dump !== null) written.set('dump', dump)
  const audit = run(['audit', 'export'], env)
  await audit.ended
  written.set('audit log', audit.text())
  served.child.kill('SIGINT')
  await served.ended
  await readFiles(data, 'when it has ended', written)
  written.set('standard output and error', served.text())
  keys.push(...heard.flatMap(text => /"session_key":"([^"]+)"/.exec(text)?.[1] ?? []))
  tokens.push(...heard.flatMap(text => /"access_token":"([^"]+)"/.exec(text)?.[1] ?? []))
  return written
}

/** What WeChat gave the server, and nobody else may have. */
const keys: string[] = []
const tokens: string[] = []

async function readFiles(folder: string, when: string, into: Written): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isFile()) into.set(`${entry.name} ${when}`, (await readFile(join(folder, entry.name))).toString('latin1'))
}

function dumpOf(url: string): string | null {
  const command = findProgram('pg_dump', ['/usr/lib/postgresql/*/bin'])
  if (!command) return null
  return execFileSync(command, ['--inserts', url], { encoding: 'latin1', maxBuffer: 2 ** 30 })
}

const spellings = (secret: string) => [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString('base64').slice(0, -4),
]

function leaksIn(written: Written): readonly string[] {
  return [...written].flatMap(([name, text]) => [
    ...find(text).map(number => `${name}: number ${number.slice(0, 3)}…`),
    // The first fifty stand for a thousand: whatever spills keys does not choose.
    ...(keys.slice(0, 50).some(key => spellings(key).some(one => text.includes(one))) ? [`${name}: session_key`] : []),
    ...(tokens.some(token => spellings(token).some(one => text.includes(one))) ? [`${name}: access_token`] : []),
    ...(spellings(app.secret).some(one => text.includes(one)) ? [`${name}: app secret`] : []),
  ])
}

describe('with SQLite', () => {
  test('nothing that the system wrote holds a canary', { timeout: 600_000 }, async () => {
    const written = await play({})
    expect(leaksIn(written)).toEqual([])
    // There was something to search, and where it would be.
    expect([...written.keys()].filter(name => /sqlite(-wal)? while/.test(name))).toHaveLength(2)
    expect(written.get('metrics')).toContain('weapp_auth_requests_total')
    expect(written.get('standard output and error')?.split('\n').length).toBeGreaterThan(1000)
    expect(written.get('answers to others, and refusals')?.split('\n').length).toBeGreaterThan(300)
    expect([keys.length, tokens.length]).toEqual([
      expect.toSatisfy(count => count > 900),
      expect.toSatisfy(count => count > 0),
    ])
  })
})

const postgres = await startPostgres()
afterAll(() => postgres?.remove())
describe.skipIf(!postgres)('with Postgres', () => {
  test('its dump holds no canary either', { timeout: 600_000 }, async () => {
    const written = await play({ DATABASE: postgres?.url ?? '' })
    expect(leaksIn(written)).toEqual([])
    const dump = written.get('dump')
    if (dump !== undefined) expect(dump.match(/^INSERT INTO/gm)?.length).toBeGreaterThan(2000)
  })
})

/** A telemetry SDK that remembers whatever it is told, of whatever kind. */
function openTelemetry() {
  const told: unknown[] = []
  const made = new Set<unknown>()
  const anything = (): unknown => {
    const one: unknown = new Proxy(() => undefined, {
      get: (_, name) => (name === 'then' || typeof name === 'symbol' ? undefined : anything()),
      apply(_, __, args: unknown[]) {
        told.push(...args.filter(one => typeof one !== 'function'))
        const inner = args.filter(one => typeof one === 'function' && !made.has(one)).at(-1)
        return typeof inner === 'function' ? inner(anything()) : anything()
      },
    })
    made.add(one)
    return one
  }
  return { told, api: anything() as Parameters<typeof createTracing>[0] }
}

test('no span of OpenTelemetry holds a canary', { timeout: 60_000 }, async () => {
  const { told, api } = openTelemetry()
  const tracing = createTracing(api)
  const [number = ''] = people
  const target = await openTarget({
    people: [{ id: 'lin', name: 'Lin', phones: [{ number }] }],
    server: { observe: tracing.server },
    wechat: { observe: tracing.upstream },
  })
  const answer = tracing.around(target.server.fetch)
  const send = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    answer(
      new Request(`https://auth.example.com${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': number, referer: number, ...headers },
        body: JSON.stringify(body),
      }),
    )
  const { code } = await target.tap('lin')
  const login = { appId: app.appId, code: await target.codeOf('lin'), nonce: target.nonce(), phone: { code } }
  expect((await send(routes.loginPhone, login)).status).toBe(200)
  for (const path of [routes.loginPhone, `/v1/${number}?phone=${number}`, routes.sms])
    await send(path, { [number]: number })
  expect(told.length).toBeGreaterThan(8)
  const seen = new WeakSet<object>()
  const text = JSON.stringify(told, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value
    if (seen.has(value)) return undefined
    seen.add(value)
    return value instanceof Headers ? undefined : value
  })
  expect(find(text)).toEqual([])
  for (const secret of [app.secret, login.code, code]) expect(text).not.toContain(secret)
})
