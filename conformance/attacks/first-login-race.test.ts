import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createEmulator, type EmulatedPerson } from '@weapp-auth/emulator'
import type { LoginAnswer } from '@weapp-auth/protocol/contract'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { listen } from '../listen.ts'
import { app } from '../stage.ts'
import { ask, newNonce } from './attacker.ts'
import { borrowPostgres } from './borrow-postgres.ts'
import { caseCount } from './case-count.ts'

/*
 * Find-then-insert makes one user of every racer: 4,000 rows for 200 users whose first logins came at once. Here the
 * processes of `weapp-auth serve` are raced over HTTP; the stores by themselves are raced in packages/server.
 */

const rounds = caseCount(6, 200)
const racers = 64
const timeout = caseCount(120_000, 1_800_000)
const people: readonly EmulatedPerson[] = Array.from({ length: rounds }, (_, at) => ({
  id: `p${at}`,
  name: `p${at}`,
  phones: [],
}))

const probe = await borrowPostgres()
afterAll(() => probe?.close())

/** `weapp-auth` from the sources, so that it needs no build. */
const cli = new URL('../../packages/cli/', import.meta.url)
const command = [
  '--conditions=@weapp-auth/source',
  `--import=${new URL('test/typescript-loader.mjs', cli)}`,
  '--no-warnings',
  fileURLToPath(new URL('src/bin.ts', cli)),
]

/** WeChat, a folder and as many processes as are asked for, on one database. */
async function openDeployment(database: string) {
  const emulator = createEmulator({ apps: [app], people })
  const wechat = await listen(emulator.fetch)
  const folder = await mkdtemp(join(tmpdir(), 'weapp-auth-race-'))
  onTestFinished(async () => {
    await wechat.close()
    emulator.close()
    await rm(folder, { recursive: true, force: true })
  })
  const env = {
    PATH: process.env.PATH ?? '',
    WEAPP_APPID: app.appId,
    WEAPP_SECRET: app.secret,
    WECHAT_BASE_URL: wechat.origin,
    WEAPP_DATA: folder,
    ...(database === '' ? {} : { DATABASE: database }),
    ISSUER: 'https://auth.example.com',
  }
  return { emulator, start: () => startServe(env) }
}

/** `weapp-auth serve` on a free port; `url` rejects with what it said when it ends before it serves. */
function startServe(env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [...command, 'serve', '--port', '0'], { env, stdio: 'pipe' })
  const ended = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return { url: urlOf(child), ended: ended.then(([code]) => Number(code)) }
}

async function urlOf(child: ChildProcess): Promise<string> {
  let said = ''
  const hear = (text: string) => {
    said += text
  }
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', hear)
  let isOver = false
  child.once('close', () => {
    isOver = true
  })
  const served = () => /is serving .*(http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1]
  await expect.poll(() => isOver || served(), { timeout: 60_000, interval: 20 }).toBeTruthy()
  const url = served()
  if (url === undefined) throw new Error(said)
  return url
}

/** First logins of one person at once, in turn at each process. */
async function race(emulator: ReturnType<typeof createEmulator>, person: string, urls: readonly string[]) {
  const phone = emulator.wx(person, app.appId)
  const codes = await Promise.all(Array.from({ length: racers }, async () => (await phone.wx.login()).code))
  const answers = await Promise.all(
    codes.map((code, at) =>
      ask(urls[at % urls.length] ?? '', '/v1/login', { body: { appId: app.appId, code, nonce: newNonce() } }),
    ),
  )
  return answers.map(({ status, text }) => ({ status, ...(JSON.parse(text) as LoginAnswer) }))
}

async function expectOneUserEach(emulator: ReturnType<typeof createEmulator>, urls: readonly string[]) {
  const users = new Set<string>()
  for (const { id } of people) {
    const logins = await race(emulator, id, urls)
    expect(logins.map(({ status }) => status)).toEqual(Array.from({ length: racers }, () => 200))
    expect(new Set(logins.map(({ user }) => user.id)).size).toBe(1)
    expect(logins.filter(({ created }) => created)).toHaveLength(1)
    expect(new Set(logins.map(({ loginId }) => loginId)).size).toBe(racers)
    users.add(logins[0]?.user.id ?? '')
  }
  expect(users.size).toBe(people.length)
}

test('sixty-four first logins at a process with SQLite make one user, and a second process is not let in', {
  timeout,
}, async () => {
  const { emulator, start } = await openDeployment('')
  const url = await start().url
  const second = start()
  await expect(second.url).rejects.toThrow('weapp-auth.sqlite')
  expect(await second.ended).toBe(69)
  await expectOneUserEach(emulator, [url])
})

describe.skipIf(!probe)('with Postgres', () => {
  test('sixty-four first logins at two processes make one user', { timeout }, async () => {
    const database = await borrowPostgres()
    if (!database) throw new Error('Postgres went away')
    onTestFinished(database.close)
    const { emulator, start } = await openDeployment(database.url)
    // The first makes the keys that the second reads.
    const urls = [await start().url, await start().url]
    await expectOneUserEach(emulator, urls)
  })
})
