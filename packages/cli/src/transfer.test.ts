import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { fillTables, fillUsers } from '../../server/test/fill-tables.ts'
import { openTestMysql, openTestPostgres, type TestDatabase } from '../../server/test/services.ts'
import { createFakeTerminal } from '../test/fake-terminal.ts'
import { openWechat, runServe } from '../test/run-serve.ts'
import { startProcess } from '../test/start-process.ts'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { demoApp } from './demo.ts'
import { runCommand } from './run-command.ts'

const { appId, secret } = demoApp

async function transfer(from: string, to: string, env: Readonly<Record<string, string>> = {}) {
  const { terminal, out, err } = createFakeTerminal(env)
  const code = await runCommand(['transfer', '--from', from, '--to', to], terminal)
  return { code, said: out() + err() }
}

/** Tables, counts and hashes, as they are printed at the end. */
const hashesOf = (said: string) => said.match(/^\w+ +\d+ {2}[0-9a-f]{64}$/gm)

async function filled(users = 0): Promise<string> {
  const file = join(await temporaryFolder(), 'from.sqlite')
  const database = new Database(file)
  fillTables(database)
  fillUsers(database, users)
  database.close()
  return file
}

const borrowed = [await openTestPostgres(), await openTestMysql()]
const servers = borrowed.filter(one => one !== null)
afterAll(() => Promise.all(servers.map(one => one.close())))

describe.skipIf(servers.length < 2)('people who move with their server', () => {
  test('stay who they are in every database, with their sessions and numbers', { timeout: 120_000 }, async () => {
    const wechat = await openWechat()
    const folder = await temporaryFolder()
    const common = { WEAPP_APPID: appId, WEAPP_SECRET: secret, WECHAT_BASE_URL: wechat.url, KEYS: join(folder, 'keys') }

    /** What lin sees of a server on this database, and the refresh token for the next one. */
    async function visit(DATABASE: string, refreshToken: string | null) {
      const served = await runServe({ ...common, DATABASE })
      const url = await served.said(/http:\/\/127\.0\.0\.1:\d+/)
      const ask = async (path: string, body?: object, token?: string) => {
        const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
        const answer = await fetch(
          url + path,
          body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers },
        )
        return (await answer.json()) as Answer
      }
      const nonce = () => `nonce-${crypto.randomUUID()}`
      const refreshed = refreshToken ? await ask('/v1/token', { refreshToken, nonce: nonce() }) : null
      const login = await ask('/v1/login', { appId, code: await wechat.codeOf('lin'), nonce: nonce() })
      const { accessToken } = login.tokens
      if (!refreshToken) {
        const tap = await wechat.emulator.wx('lin', appId).tapPhoneButton()
        await ask('/v1/phone', { code: tap.code, nonce: nonce() }, accessToken)
      }
      const { phones } = await ask('/v1/me/phones', undefined, accessToken)
      served.stop()
      expect(await served.ended).toBe(0)
      return {
        user: login.user.id,
        refreshed: refreshed?.tokens,
        phones,
        refresh: login.tokens.refreshToken,
      }
    }

    const [postgres, mysql] = servers.map(({ url }) => url)
    const [first, last] = ['first', 'last'].map(name => `sqlite:${join(folder, `${name}.sqlite`)}`)
    const way = [first, postgres, mysql, last].map(String)
    let before = await visit(way[0] ?? '', null)
    expect(before.phones).toHaveLength(1)
    for (const [index, to] of way.slice(1).entries()) {
      const { code, said } = await transfer(way[index] ?? '', to)
      expect([code, said]).toEqual([0, expect.stringContaining('equal')])
      for (const url of servers) expect(said).not.toContain(new URL(url.url).password)
      const now = await visit(to, before.refresh)
      expect(now).toMatchObject({
        user: before.user,
        phones: before.phones,
        refreshed: { accessToken: expect.any(String) },
      })
      before = now
    }
  })
})

interface Answer {
  readonly user: { readonly id: string }
  readonly tokens: { readonly accessToken: string; readonly refreshToken: string }
  readonly phones: readonly unknown[]
}

describe.each([
  [
    'SQLite',
    async (): Promise<TestDatabase> => ({
      url: join(await temporaryFolder(), 'to.sqlite'),
      close: async () => undefined,
    }),
  ],
  ['Postgres', openTestPostgres],
  ['MariaDB', openTestMysql],
])('a transfer to %s', (_, borrow) => {
  test('that is killed goes on with the same command; serve refuses the half', { timeout: 120_000 }, async context => {
    const to = await borrow()
    if (!to) return context.skip('the database is not installed')
    onTestFinished(() => to.close())
    const from = await filled(20_000)
    const start = () => startProcess(['transfer', '--from', from, '--to', 'env:TO'], { env: { TO: to.url } })
    const killed = start()
    await killed.said(/copying +user /)
    killed.child.kill('SIGKILL')
    expect(await killed.ended).toBe('SIGKILL')

    const serve = createFakeTerminal({
      DATABASE: to.url,
      WEAPP_DATA: await temporaryFolder(),
      WEAPP_APPID: appId,
      WEAPP_SECRET: secret,
      PORT: '0',
    })
    expect(await runCommand(['serve'], serve.terminal)).toBe(69)
    expect(serve.err()).toContain('weapp-auth transfer')

    const again = start()
    expect([await again.ended, again.text()]).toEqual([0, expect.not.stringContaining('was finished')])
    const straight = await transfer(from, join(await temporaryFolder(), 'straight.sqlite'))
    expect(hashesOf(again.text())).toEqual(hashesOf(straight.said))
    expect(await transfer(from, to.url)).toMatchObject({ code: 0, said: expect.stringContaining('was finished at') })
  })
})

test.each([
  ['no flags', {}, 64, '--from'],
  ['a variable that is not set', { from: 'env:NOWHERE', to: 'x' }, 64, '--from'],
  ['a wrong URL, whose password stays secret', { from: 'postgres://user:hush@/', to: 'x' }, 78, '--from'],
  ['a source that is not there', { from: '/nowhere/at-all.sqlite', to: 'x' }, 78, '--from'],
  ['a server that nobody can reach', { to: 'mysql://user:hush@127.0.0.1:1/users' }, 69, '--to'],
  ['a source that was never used', { from: 'sqlite:NEW', to: 'sqlite:OTHER' }, 78, '--from'],
  ['a target with data', { to: 'FULL' }, 78, 'not empty (user)'],
  ['the same file twice', { to: 'FROM' }, 69, '--to'],
])('%s is told', async (_, flags: { from?: string; to?: string }, code, words) => {
  const places: Readonly<Record<string, string>> = { FROM: await filled(), FULL: await filled() }
  const folder = await temporaryFolder()
  new Database(join(folder, 'new.sqlite')).close()
  const place = (text: string) =>
    places[text] ?? text.replace('NEW', join(folder, 'new.sqlite')).replace('OTHER', join(folder, 'other'))
  const given = Object.keys(flags).length === 0 ? {} : { from: 'FROM', ...flags }
  const args = Object.entries(given).flatMap(([name, text]) => [`--${name}`, place(String(text))])
  const { terminal, out, err } = createFakeTerminal()
  expect([await runCommand(['transfer', ...args], terminal), err()]).toEqual([code, expect.stringContaining(words)])
  expect(out() + err()).not.toContain('hush')
})
