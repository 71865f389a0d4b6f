import { expect, test } from 'vitest'
import { settle } from '../testing/fake-clock.ts'
import { createFakePhone } from '../testing/fake-phone.ts'
import { launch, leaveSession, storageKey } from '../testing/launch.ts'

test('twenty requests at once cause one refresh, and all of them are answered', async () => {
  const phone = createFakePhone()
  await leaveSession(phone)
  const auth = await launch(phone)
  const all = await Promise.all(Array.from({ length: 20 }, () => auth.request({ url: '/v1/me' })))
  expect(all.map(outcome => outcome.status)).toEqual(all.map(() => 'answered'))
  expect([phone.count('POST /v1/token'), phone.count('login')]).toEqual([1, 0])
  expect(auth.state().session).toBe('in')
})

test('what is sent was on the device before; it is looked at once more, and nothing is written first', async () => {
  const phone = createFakePhone()
  await leaveSession(phone)
  const auth = await launch(phone)
  phone.manual = true
  auth.request({ url: '/v1/me' })
  await settle()
  expect(phone.calls).toEqual(['read', 'read', 'POST /v1/token'])
  expect(JSON.parse(phone.storage.get(storageKey) ?? '')).toEqual(phone.sent[0]?.body)
})

test('a lost answer, even with the app killed, is repeated with the same nonce and gets the same successor', async () => {
  const phone = createFakePhone()
  await leaveSession(phone)
  const killed = await launch(phone)
  phone.fates.push('lost-after', 'never')
  killed.request({ url: '/v1/me' })
  await phone.clock.advance(600)
  const auth = await launch(phone)
  expect(await auth.request({ url: '/v1/me' })).toMatchObject({ status: 'answered' })
  const nonces = phone.sent.filter(({ url }) => url.endsWith('/token')).map(({ body }) => JSON.stringify(body))
  expect([nonces.length, new Set(nonces).size]).toEqual([3, 1])
  expect([phone.server.reuses(), phone.count('login')]).toEqual([0, 0])
})

test.each(['refresh_invalid', 'refresh_reused'] as const)(
  '%s leads to one silent login for all who wait',
  async code => {
    const phone = createFakePhone()
    await leaveSession(phone)
    const auth = await launch(phone)
    phone.server.refuseNext('/v1/token', code)
    const all = await Promise.all(Array.from({ length: 5 }, () => auth.request({ url: '/v1/me' })))
    expect(all.map(outcome => outcome.status)).toEqual(all.map(() => 'answered'))
    expect([phone.count('POST /v1/token'), phone.count('login')]).toEqual([1, 1])
  },
)

test('a malformed token on the device is thrown away instead of being refused for ever', async () => {
  const phone = createFakePhone()
  phone.storage.set(storageKey, '{"refreshToken":"!","nonce":"0"}')
  const auth = await launch(phone)
  phone.server.refuseNext('/v1/token', 'request_invalid')
  expect(await auth.request({ url: '/v1/me' })).toMatchObject({ status: 'answered' })
})

test('a refresh that cannot reach the server settles every waiter and keeps the session', async () => {
  const phone = createFakePhone()
  await leaveSession(phone)
  const auth = await launch(phone)
  phone.fates.push('lost-before', 'lost-before', 'html', 'lost-after')
  const all = Promise.all([auth.request({ url: '/v1/me' }), auth.fetchUser(), auth.bindPhone(phone.agreed())])
  await phone.clock.advance(10_000)
  expect((await all).map(outcome => outcome.status)).toEqual(['unavailable', 'unavailable', 'unavailable'])
  expect(phone.count('login')).toBe(0)
  expect(await auth.fetchUser()).toMatchObject({ status: 'ready' })
  expect(phone.server.reuses()).toBe(0)
})

test('a refresh whose answer never comes is given up', async () => {
  const phone = createFakePhone()
  await leaveSession(phone)
  const auth = await launch(phone)
  phone.fates.push('never', 'never', 'never', 'never')
  const request = auth.request({ url: '/v1/me' })
  await phone.clock.advance(60_000)
  expect(await request).toMatchObject({ status: 'unavailable' })
})

test('the token is refreshed before it expires on the way', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  await phone.clock.advance(569_000)
  await auth.request({ url: '/v1/me' })
  expect(phone.count('POST /v1/token')).toBe(0)
  await phone.clock.advance(1000)
  await auth.request({ url: '/v1/me' })
  expect(phone.count('POST /v1/token')).toBe(1)
})

test('with a clock set back the server decides when the token is old', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  phone.clock.shift(-86_400_000)
  phone.server.expireAccess()
  expect(await auth.request({ url: '/v1/me' })).toMatchObject({ status: 'answered', response: { status: 200 } })
  expect(phone.count('POST /v1/token')).toBe(1)
})

test('a refresh that is answered after a login does not overwrite the new session', async () => {
  const phone = createFakePhone()
  await leaveSession(phone)
  const auth = await launch(phone)
  phone.manual = true
  const request = auth.request({ url: '/v1/me' })
  await settle()
  const refresh = phone.wire[0]
  phone.manual = false
  await auth.login()
  await settle()
  const stored = phone.storage.get(storageKey)
  refresh?.deliver('ok')
  expect(await request).toMatchObject({ status: 'answered' })
  expect(phone.storage.get(storageKey)).toBe(stored)
})
