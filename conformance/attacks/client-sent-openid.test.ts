import { createHash } from 'node:crypto'
import { createSqliteStore } from '@weapp-auth/server/sqlite'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { app, kwan, lin, openStage, type Stage } from '../stage.ts'
import { type Place, readApiDocument } from './api-document.ts'
import { type Asked, type Attacker, ask, codeOf, logIn, newNonce, type Seen } from './attacker.ts'

// Nothing here is about time, and the machine may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/*
 * An openid that the client sends is a name, not a proof; servers that believe it are logged in to with anybody's. Here
 * whoever asks is said by WeChat or by our token alone, wherever else a name may stand.
 */

let stage: Stage
let database: Database.Database
let victim: Attacker
let attacker: Attacker
let places: readonly Place[]
beforeEach(async () => {
  database = new Database(':memory:')
  const store = createSqliteStore({ database })
  const operators = [{ name: 'chen', token: 'only-for-the-attack-0123456789abcdef', role: 'admin' }] as const
  const backends = [{ id: 'orders', secret: 'only-for-the-attack-0123456789abcdef' }]
  const options = {
    ports: true,
    store,
    operators,
    backends,
    policy: { openData: 'unchecked' },
    limits: { perUser: 'off' },
  } as const
  stage = await openStage(options)
  victim = await logIn(stage, kwan.id)
  const { code } = await stage.emulator.wx(kwan.id, app.appId).tapPhoneButton()
  await victim.ask('/v1/phone', { body: { code, nonce: newNonce() } })
  await victim.ask('/v1/profile', { body: { nickname: 'Canary of Kwan' } })
  attacker = await logIn(stage)
  ;({ places } = await readApiDocument(stage))
})
afterEach(() => stage.close())

const victimOpenId = () => stage.emulator.control.people.openId(kwan.id, app.appId)

/** Every row of every table, those that a condition leaves out excepted. */
function hashOf(isCounted: (row: string) => boolean): string {
  const hash = createHash('sha256')
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all() as string[]
  for (const table of tables.sort()) {
    const rows = database.prepare(`SELECT * FROM "${table}"`).all() as object[]
    const texts = rows.map(row =>
      JSON.stringify(row, (_, value) => (value?.type === 'Buffer' ? Buffer.from(value.data).toString('hex') : value)),
    )
    hash.update(`${table} ${texts.filter(isCounted).sort().join()}`)
  }
  return hash.digest('hex')
}

const everything = () => hashOf(() => true)
/** Ids are kept as bytes. */
const ofTheVictim = () => {
  const names = [victim.user.id, victim.user.id.replaceAll('-', ''), victimOpenId()]
  return hashOf(row => names.some(name => row.includes(name)))
}

const fieldNames = [
  'openid',
  'openId',
  'open_id',
  'unionid',
  'unionId',
  'userId',
  'user_id',
  'uid',
  'sub',
  'sid',
  'session_key',
]
const names = () =>
  Object.fromEntries(
    fieldNames.map(name => [name, name.startsWith('u') && name.includes('ser') ? victim.user.id : victimOpenId()]),
  )
const inHeaders = () => ({
  ...Object.fromEntries(fieldNames.map(name => [`x-${name.replace('_', '-').toLowerCase()}`, victimOpenId()])),
  'x-wx-openid': victimOpenId(),
  'x-wx-unionid': victimOpenId(),
  'x-user-id': victim.user.id,
  'x-forwarded-user': victim.user.id,
  'x-wx-source': 'cloudbase',
  cookie: fieldNames.map(name => `${name}=${victim.user.id}`).join('; '),
})

/** A body that each route would take from the attacker, as far as one can be made here. */
async function bodyFor(path: string): Promise<Readonly<Record<string, unknown>>> {
  const nonce = newNonce()
  const loginCode = async () => (await stage.emulator.wx(lin.id, app.appId).wx.login()).code
  const tap = async () => stage.emulator.wx(lin.id, app.appId).tapPhoneButton()
  const bodies: Readonly<Record<string, () => Promise<Readonly<Record<string, unknown>>>>> = {
    '/v1/login': async () => ({ appId: app.appId, code: await loginCode(), nonce }),
    '/v1/login/phone': async () => ({
      appId: app.appId,
      code: await loginCode(),
      nonce,
      phone: { code: (await tap()).code },
    }),
    '/v1/phone': async () => ({ code: (await tap()).code, nonce }),
    '/v1/token': async () => ({ refreshToken: (await logIn(stage)).tokens.refreshToken, nonce }),
    '/v1/logout': async () => ({ refreshToken: (await logIn(stage)).tokens.refreshToken }),
    '/v1/profile': async () => ({ nickname: 'Lin' }),
    '/v1/consents': async () => ({ scope: 'phone', version: '1', nonce }),
    '/v1/me/merge/preview': async () => ({ code: 'A'.repeat(40) }),
    '/v1/me/merge': async () => ({ code: 'A'.repeat(40), nonce }),
    '/v1/me/merge/undo': async () => ({ mergeId: victim.loginId }),
    '/v1/sms': async () => ({ number: '+8613800138000', nonce }),
    '/v1/sms/verify': async () => ({ smsId: victim.loginId, code: '123456', nonce }),
  }
  return (await bodies[path]?.()) ?? {}
}

/** The path with the victim's ids in its places. */
const filled = (path: string) => path.replace(/\{(\w+)\}/g, () => encodeURIComponent(victim.user.id))

const canaries = () => [...kwan.phones.map(({ number }) => number), 'Canary of Kwan', victim.tokens.refreshToken]

function holdsNothing({ text }: Seen, where: string) {
  for (const canary of canaries()) expect(text, where).not.toContain(canary)
}

/** The session may have ended by what was sent; then there is a new one. */
async function send(method: string, path: string, asked: Asked): Promise<Seen> {
  // WeChat allows a user 100 logins a minute.
  stage.advance(2000)
  attacker = await logIn(stage)
  return ask(stage.origin, path, { accessToken: attacker.accessToken, ...asked, method })
}

test('every route that takes JSON refuses a body with such a field, and nothing at all has changed', {
  timeout: 120_000,
}, async () => {
  const taking = places.filter(
    ({ path, requestBody }) => path.startsWith('/v1/') && requestBody?.content['application/json'],
  )
  expect(taking.length).toBeGreaterThan(12)
  for (const { method, path } of taking) {
    if (path.includes('/wechat/')) continue
    const body = await bodyFor(path)
    attacker = await logIn(stage)
    const before = everything()
    for (const [name, value] of Object.entries(names())) {
      const seen = await ask(stage.origin, path, {
        method,
        accessToken: attacker.accessToken,
        body: { ...body, [name]: value },
      })
      expect([path, name, seen.status, codeOf(seen)]).toEqual([path, name, 400, 'request_invalid'])
      expect(JSON.parse(seen.text).detail).toContain('is never accepted from a client')
      expect(seen.text).not.toContain(value)
    }
    expect(everything(), path).toBe(before)
  }
})

test('in query, headers, cookies and paths of every route it is ignored: the victim stays as they are and nothing is told', {
  timeout: 120_000,
}, async () => {
  expect(places.length).toBeGreaterThan(55)
  const before = ofTheVictim()
  const query = new URLSearchParams(names())
  for (const { method, path } of places) {
    const where = `${method} ${path}`
    const target = filled(path)
    const body = method === 'POST' || method === 'PATCH' ? { body: await bodyFor(path) } : {}
    holdsNothing(await send(method, `${target}?${query}`, body), where)
    const again = method === 'POST' || method === 'PATCH' ? { body: await bodyFor(path) } : {}
    holdsNothing(await send(method, target, { ...again, headers: inHeaders() }), where)
    expect(ofTheVictim(), where).toBe(before)
  }
  const { refreshToken } = victim.tokens
  expect(codeOf(await victim.ask('/v1/token', { body: { refreshToken, nonce: newNonce() } }))).toBe('ok')
})

test('a token is needed and a name is none: without one, no name opens anything', async () => {
  const { places } = await readApiDocument(stage)
  const guarded = places.filter(({ security = [] }) =>
    security.some(one => 'user' in one || 'operator' in one || 'backend' in one),
  )
  expect(guarded.length).toBeGreaterThan(35)
  for (const { method, path, security = [] } of guarded) {
    if (security.some(one => Object.keys(one).length === 0)) continue
    const target = `${filled(path)}?${new URLSearchParams(names())}`
    const seen = await ask(stage.origin, target, { method, headers: inHeaders() })
    // What backends send is read before it is asked who they are: unknown parameters, or no form.
    const refusal = seen.status === 401 || codeOf(seen) === 'request_invalid' || seen.status === 415
    expect([method, path, refusal]).toEqual([method, path, true])
  }
})

test('whose login it is, WeChat says: a name beside the code changes nothing', async () => {
  const query = new URLSearchParams(names())
  const body = await bodyFor('/v1/login')
  const seen = await ask(stage.origin, `/v1/login?${query}`, { body, headers: inHeaders() })
  expect(JSON.parse(seen.text).user.id).toBe(attacker.user.id)
  const me = await attacker.ask(`/v1/me?${query}`, { method: 'GET', headers: inHeaders() })
  expect(JSON.parse(me.text).user.id).toBe(attacker.user.id)
})

test("somebody else's session is not ended by its id, nor a login of theirs used", async () => {
  const { sessions } = JSON.parse((await victim.ask('/v1/me/sessions', { method: 'GET' })).text)
  const before = ofTheVictim()
  for (const { id } of sessions) {
    const seen = await attacker.ask(`/v1/me/sessions/${id}`, { method: 'DELETE' })
    const unknown = await attacker.ask('/v1/me/sessions/00000000-0000-7000-8000-000000000000', { method: 'DELETE' })
    expect(codeOf(seen)).toBe(codeOf(unknown))
  }
  expect(sessions).toHaveLength(1)
  expect(ofTheVictim()).toBe(before)
  expect(codeOf(await victim.ask('/v1/me', { method: 'GET' }))).toBe('ok')
})
