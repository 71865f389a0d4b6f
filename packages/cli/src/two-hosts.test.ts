// Two processes on two hosts, each behind a link of its own, on one Postgres and one Redis.
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { openTestPostgres, openTestRedis, type TestDatabase } from '../../server/test/services.ts'
import { openWechat } from '../test/run-serve.ts'
import { startProcess } from '../test/start-process.ts'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { type Host, openTwoHosts, whyNoHosts } from '../test/two-hosts.ts'
import { demoApp } from './demo.ts'
import { createKeyringFile } from './keyring-file.ts'

const backend = { id: 'orders', secret: 'only-for-this-test-0123456789' }
const { appId, secret } = demoApp
const people = Array.from({ length: 12 }, (_, index) => ({ id: `p${index}`, name: `p${index}`, phones: [] }))
let made = 0
const nonce = () => `nonce-of-attempt-${String(++made).padStart(8, '0')}`

const noHosts = whyNoHosts()
if (noHosts !== null) process.stderr.write(`\n跳过两台主机的测试 / the test of two hosts is skipped: ${noHosts}\n`)
const probes: readonly (TestDatabase | null)[] =
  noHosts === null ? await Promise.all([openTestPostgres(), openTestRedis()]) : []
afterAll(() => Promise.all(probes.map(probe => probe?.close())))

/** Both hosts serve; the phone is this process, and so is WeChat. */
async function openDeployment() {
  const network = await openTwoHosts()
  const [database, redis] = (await Promise.all([openTestPostgres(), openTestRedis()])) as [TestDatabase, TestDatabase]
  onTestFinished(async () => void (await Promise.all([database.close(), redis.close()])))
  const wechat = await openWechat({ people })
  const folder = await temporaryFolder()
  const [keys, config] = [join(folder, 'keys.json'), join(folder, 'weapp-auth.yaml')]
  await createKeyringFile(keys)
  await writeFile(config, JSON.stringify({ backends: [{ ...backend, wechatAccessToken: [appId] }] }))
  const [DATABASE, REDIS_URL, WECHAT_BASE_URL] = await Promise.all(
    [database.url, redis.url, wechat.url].map(network.reach),
  )
  const shared = { DATABASE, REDIS_URL, WECHAT_BASE_URL } as Readonly<Record<string, string>>

  async function start({ address, inside }: Host) {
    const env = {
      ...shared,
      WEAPP_APPID: appId,
      WEAPP_SECRET: secret,
      WEAPP_CONFIG: config,
      WEAPP_DATA: folder,
      KEYS: keys,
      HOST: address,
      ISSUER: 'https://auth.example.com',
    }
    const { child, ended, said } = startProcess(['serve', '--port', '8787'], { env, inside })
    onTestFinished(async () => {
      child.kill('SIGKILL')
      await ended
    })
    await said(/is serving .*:8787/)
    return `http://${address}:8787`
  }
  return { ...network, wechat, urls: await Promise.all(network.hosts.map(start)) }
}

interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}

/** `null` when nobody answers in time: the phone cannot know what became of it. */
async function post(url: string, path: string, body: object) {
  const headers = { 'content-type': 'application/json' }
  const request = { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(2000) }
  const answer = await fetch(url + path, request).catch(() => null)
  return answer && { status: answer.status, body: (await answer.json().catch(() => ({}))) as { tokens: Tokens } }
}

async function get(url: string, path: string, authorization = ''): Promise<number> {
  const request = { headers: { authorization }, signal: AbortSignal.timeout(2000) }
  return (await fetch(url + path, request).catch(() => null))?.status ?? 0
}

const me = (url: string, { accessToken }: Tokens) => get(url, '/v1/me', `Bearer ${accessToken}`)

/** What a host says of itself to itself, whatever its link is. */
async function readiness({ inside: [command = '', ...args] }: Host, url: string): Promise<string> {
  const ask = `fetch('${url}/readyz').then(answer => console.log(answer.status), error => console.log(String(error)))`
  return (await promisify(execFile)(command, [...args, process.execPath, '-e', ask])).stdout.trim()
}

describe.skipIf(probes.length === 0 || probes.includes(null))('two hosts', { timeout: 60_000 }, () => {
  test('are one server; one that is cut off says so, the other serves on, and nothing acknowledged is lost', async () => {
    const { hosts, urls, wechat } = await openDeployment()
    const [[a], [here, there]] = [hosts, urls as [string, string]]
    /** What was acknowledged. */
    const logins: Tokens[] = []
    let turn = 0
    async function logIn(url: string) {
      const code = await wechat.codeOf(`p${turn++ % people.length}`)
      const answer = await post(url, '/v1/login', { appId, code, nonce: nonce() })
      if (answer?.status === 200) logins.push(answer.body.tokens)
      return answer?.status === 200 ? answer.body.tokens : null
    }
    const known = async (tokens: Tokens) => [await me(here, tokens), await me(there, tokens)]

    // One server.
    const first = await logIn(here)
    if (!first) throw new Error('nobody answered')
    expect(await known(first)).toEqual([200, 200])
    const basic = `Basic ${Buffer.from(`${backend.id}:${backend.secret}`).toString('base64')}`
    const asked = urls.map(url => get(url, `/v1/wechat/access-token?appId=${appId}`, basic))
    expect(await Promise.all(asked)).toEqual([200, 200])
    expect(wechat.asked.filter(body => body.includes('client_credential'))).toHaveLength(1)
    await post(here, '/v1/logout', { refreshToken: logins.pop()?.refreshToken })
    await expect.poll(() => me(there, first), { timeout: 2000 }).toBe(401)

    // One host is cut off in the midst of logins.
    const before = [logIn(here), logIn(there), logIn(here), logIn(there)]
    a.cut()
    await Promise.all(before)
    expect(await logIn(here)).toBeNull()
    const during = await logIn(there)
    expect(during && (await me(there, during))).toBe(200)
    await expect.poll(() => readiness(a, here), { timeout: 20_000 }).toBe('503')
    expect(await get(there, '/readyz')).toBe(200)
    const ended = logins.shift() ?? first
    expect((await post(there, '/v1/logout', { refreshToken: ended.refreshToken }))?.status).toBe(204)

    // It comes back.
    a.heal()
    await expect.poll(() => get(here, '/readyz'), { timeout: 10_000 }).toBe(200)
    expect(await me(here, ended)).toBe(401)
    expect(await logIn(here)).not.toBeNull()
    for (const tokens of logins) expect(await known(tokens)).toEqual([200, 200])
    for (const { refreshToken } of logins)
      expect((await post(here, '/v1/token', { refreshToken, nonce: nonce() }))?.status).toBe(200)
  })
})
