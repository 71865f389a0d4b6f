import { afterEach, expect, test, vi } from 'vitest'
import { app, kwan, lin, minutes, oldLibrary, openStage, type Stage } from '../stage.ts'
import { ask, codeOf, newNonce } from './attacker.ts'

// Nothing here is about time, and the machine may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/*
 * Whoever holds the phone, or a backup of it, reads what a mini program stored. There is the refresh token and the nonce
 * it will be used with, encrypted by WeChat where it can, and nothing else.
 */

let stage: Stage
afterEach(() => stage.close())

/** The emulator keeps the type of what was stored. */
const storedIn = (storage: ReadonlyMap<string, string>) => JSON.parse(JSON.parse([...storage.values()][0] ?? '').data)

/** Everything that could be stored is seen, in both ways of the phone. */
async function live(launch: object): Promise<ReadonlyMap<string, string>> {
  const storage = new Map<string, string>()
  const visit = stage.open(lin, { ...launch, storage })
  await visit.tap()
  await visit.tap({ decision: 'deny' })
  stage.advance(minutes(20))
  await visit.tap({ decision: 'allow', phone: 1 })
  await visit.get('/v1/me')
  await visit.get('/v1/me/phones')
  stage.advance(minutes(20))
  await visit.auth.fetchUser()
  return storage
}

const found = (pattern: RegExp) =>
  [...stage.upstream, ...stage.answers.map(text => text.replaceAll('\\"', '"'))].flatMap(text =>
    [...text.matchAll(pattern)].flatMap(match => match[1] ?? []),
  )

test.each([
  ['today', { device: { sdkVersion: '3.8.0' } }, 'e:'],
  ['before the phone button gave codes', oldLibrary, 'p:'],
])('of a library of %s holds the refresh token and its nonce, and no canary', async (_, launch, prefix) => {
  stage = await openStage({ ports: true, policy: { openData: 'enforce' }, minKeyAgeMs: 0 })
  const storage = await live(launch)
  // Libraries before 2.21.3 cannot encrypt.
  expect([...storage.keys()]).toEqual([`${prefix}weapp-auth/1/${app.appId} ${stage.origin}`])
  const dump = JSON.stringify([...storage])
  expect(Object.keys(storedIn(storage))).toEqual(['refreshToken', 'nonce'])

  const canaries = {
    numbers: lin.phones.map(({ number }) => number),
    openIds: [stage.emulator.control.people.openId(lin.id, app.appId)],
    sessionKeys: found(/"session_key":"([^"]+)"/g),
    accessTokens: found(/"(?:accessToken|access_token)":"([^"]+)"/g),
    users: found(/"user":\{"id":"([^"]+)"/g),
    logins: found(/"loginId":"([^"]+)"/g),
    appSecret: [app.secret],
  }
  for (const [kind, values] of Object.entries(canaries)) {
    expect(values.length, kind).toBeGreaterThan(0)
    for (const value of values) expect(dump, kind).not.toContain(value)
  }
})

test('a copied storage is worth one refresh: the second holder ends the session', async () => {
  stage = await openStage({ ports: true })
  const storage = new Map<string, string>()
  const visit = stage.open(lin, { storage })
  await visit.auth.ready()
  const { refreshToken } = storedIn(storage)
  const refresh = (nonce: string) => ask(stage.origin, '/v1/token', { body: { refreshToken, nonce } })
  const stolen = await refresh(newNonce())
  expect(codeOf(stolen)).toBe('ok')
  stage.advance(minutes(11))
  // The owner comes with the token that the thief has used, and with another nonce: nobody has the session any more.
  expect(await visit.auth.fetchUser()).toMatchObject({ status: 'ready' })
  const successor = JSON.parse(stolen.text).tokens.refreshToken
  const next = await ask(stage.origin, '/v1/token', { body: { refreshToken: successor, nonce: newNonce() } })
  expect(next.status).toBe(401)
  expect(stage.events).toContainEqual(expect.objectContaining({ type: 'session-ended', reason: 'refresh-reused' }))
})

test('after logout there is nothing left, and another user of the phone finds nothing of the first', async () => {
  stage = await openStage({ ports: true })
  const storage = new Map<string, string>()
  const visit = stage.open(lin, { storage })
  await visit.tap()
  await visit.auth.logout()
  expect([...storage]).toEqual([])
  const other = stage.open(kwan, { storage })
  await other.auth.ready()
  expect(other.auth.user()?.phone).toBeNull()
})
