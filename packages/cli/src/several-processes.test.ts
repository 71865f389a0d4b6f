// Real processes on one real Postgres.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { openTestPostgres } from '../../server/test/services.ts'
import { createFakeTerminal } from '../test/fake-terminal.ts'
import { openRoundRobin } from '../test/round-robin.ts'
import { openWechat } from '../test/run-serve.ts'
import { startProcess } from '../test/start-process.ts'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { demoApp } from './demo.ts'
import { createKeyringFile } from './keyring-file.ts'
import { runCommand } from './run-command.ts'

const slow = { timeout: 120_000 }
const backend = { id: 'orders', secret: 'only-for-this-test-0123456789' }
const { appId, secret } = demoApp
const nonce = () => `nonce-${Math.random().toString(36).slice(2).padEnd(20, '0')}`
const people = Array.from({ length: 8 }, (_, index) => ({ id: `p${index}`, name: `p${index}`, phones: [] }))

const probe = await openTestPostgres()
afterAll(() => probe?.close())

/** What every instance of one deployment is given, and how to start one more of them. */
async function openDeployment() {
  const database = await openTestPostgres()
  if (!database) throw new Error('Postgres went away')
  onTestFinished(database.close)
  const wechat = await openWechat({ people })
  const folder = await temporaryFolder()
  const [keys, config] = [join(folder, 'keys.json'), join(folder, 'weapp-auth.yaml')]
  await createKeyringFile(keys)
  await writeFile(config, JSON.stringify({ backends: [{ ...backend, wechatAccessToken: [appId] }] }))

  async function start() {
    const env = {
      WEAPP_APPID: appId,
      WEAPP_SECRET: secret,
      WECHAT_BASE_URL: wechat.url,
      WEAPP_CONFIG: config,
      WEAPP_DATA: folder,
      KEYS: keys,
      DATABASE: database?.url ?? '',
      ISSUER: 'https://auth.example.com',
      DRAIN_SECONDS: '1',
    }
    const { child, ended, said, text } = startProcess(['serve', '--port', '0'], { env })
    onTestFinished(async () => {
      child.kill('SIGKILL')
      await ended
    })
    const url = (await said(/is serving .*http:\/\/127\.0\.0\.1:\d+/)).replace(/^.*(?=http)/, '')
    return { url, ended, text, terminate: () => child.kill('SIGTERM') }
  }
  return { wechat, start, env: { WEAPP_DATA: folder, KEYS: keys, DATABASE: database.url } }
}

/** What tests read of the answers; each answer has some of it. */
interface Body {
  readonly tokens: { readonly accessToken: string; readonly refreshToken: string }
}

async function post(url: string, path: string, body: object) {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: answer.status, body: (await answer.json().catch(() => ({}))) as Body }
}

const me = async (url: string, token: string) =>
  (await fetch(`${url}/v1/me`, { headers: { authorization: `Bearer ${token}` } })).status

async function keysOf(url: string): Promise<number> {
  const { keys } = (await (await fetch(`${url}/.well-known/jwks.json`)).json()) as { readonly keys: readonly unknown[] }
  return keys.length
}

describe.skipIf(!probe)('several processes', () => {
  test('are restarted one after the other while people log in, and no request is lost', slow, async () => {
    const { wechat, start } = await openDeployment()
    const former = await Promise.all([start(), start()])
    const front = await openRoundRobin(former.map(({ url }) => url))
    const statuses = new Map<number, number>()
    const count = (status: number) => statuses.set(status, (statuses.get(status) ?? 0) + 1)

    let isOver = false
    async function live(person: string): Promise<void> {
      while (!isOver) {
        const code = await wechat.codeOf(person)
        let answer = await post(front.url, '/v1/login', { appId, code, nonce: nonce() })
        // WeChat allows a user 100 logins a minute.
        for (let round = 0; round < 20 && answer.status === 200 && !isOver; round += 1) {
          const { accessToken, refreshToken } = answer.body.tokens
          count(await me(front.url, accessToken))
          answer = await post(front.url, '/v1/token', { refreshToken, nonce: nonce() })
          count(answer.status)
        }
        count(answer.status)
      }
    }
    const lives = people.map(({ id }) => live(id))
    for (const instance of former) {
      const latter = await start()
      front.add(latter.url)
      instance.terminate()
      expect(await instance.ended).toBe(0)
      front.remove(instance.url)
    }
    isOver = true
    await Promise.all(lives)
    expect([...statuses.keys()]).toEqual([200])
    expect(statuses.get(200)).toBeGreaterThan(100)
  })

  test(
    'ask WeChat once for a thousand callers, see the end of a session at once, and a new key when its file changes',
    slow,
    async () => {
      const { wechat, start, env } = await openDeployment()
      const [here, there] = await Promise.all([start(), start()])
      const authorization = `Basic ${Buffer.from(`${backend.id}:${backend.secret}`).toString('base64')}`
      const ask = async (_: unknown, index: number) => {
        const { url } = index % 2 ? here : there
        for (;;) {
          const answer = await fetch(`${url}/v1/wechat/access-token?appId=${appId}`, { headers: { authorization } })
          if (answer.status !== 503) return answer.text()
          // On a machine that is busy with other things, five hundred who come at once may be told to come back.
          await pause(Number(answer.headers.get('retry-after')) * 1000)
        }
      }
      const tokens = await Promise.all(Array.from({ length: 1000 }, ask))
      expect([...new Set(tokens)]).toEqual([expect.stringMatching(/^{"accessToken":"[^"]+"}$/)])
      expect(wechat.asked.filter(body => body.includes('client_credential'))).toHaveLength(1)

      const login = await post(here.url, '/v1/login', { appId, code: await wechat.codeOf('p0'), nonce: nonce() })
      const { accessToken, refreshToken } = login.body.tokens
      expect([await me(here.url, accessToken), await me(there.url, accessToken)]).toEqual([200, 200])
      await post(here.url, '/v1/logout', { refreshToken })
      expect([await me(here.url, accessToken), await me(there.url, accessToken)]).toEqual([401, 401])

      const rotated = createFakeTerminal(env)
      expect(await runCommand(['keys', 'rotate', 'signing'], rotated.terminal)).toBe(0)
      for (const { url } of [here, there]) await expect.poll(() => keysOf(url), { timeout: 10_000 }).toBe(2)
    },
  )
})
