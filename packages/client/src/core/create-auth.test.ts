import { expect, test } from 'vitest'
import { settle } from '../testing/fake-clock.ts'
import { createFakePhone } from '../testing/fake-phone.ts'
import { appId, baseUrl, launch, leaveSession, storageKey } from '../testing/launch.ts'
import type { AuthState } from './auth-state.ts'
import { createAuth } from './create-auth.ts'

test('a first launch reads the device once, calls wx.login once and logs in', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  expect(await auth.ready()).toEqual({ status: 'ready', user: phone.server.user() })
  expect(phone.calls).toEqual(['read', 'login', 'POST /v1/login', 'write'])
  expect(auth.state()).toMatchObject({ session: 'in', failure: null, phone: 'idle' })
})

test('a launch with a live session reads the device once and sends nothing', async () => {
  const phone = createFakePhone()
  await leaveSession(phone)
  const auth = await launch(phone)
  expect(await auth.ready()).toEqual({ status: 'ready', user: null })
  expect(phone.calls).toEqual(['read'])
  expect(auth.state().session).toBe('known')
})

test('on a base library without phone codes the launch logs in, so that the server knows the key before the tap', async () => {
  const phone = createFakePhone({ hasPhoneCode: false })
  await leaveSession(phone)
  await launch(phone)
  expect(phone.count('login')).toBe(1)
})

test('the device holds the refresh token, the nonce it will be refreshed with, and nothing else', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  await auth.bindPhone(phone.agreed())
  expect([...phone.storage.keys()]).toEqual([storageKey])
  expect(Object.keys(JSON.parse(phone.storage.get(storageKey) ?? ''))).toEqual(['refreshToken', 'nonce'])
})

test.each([
  ['no JSON', '{"refreshToken":'],
  ['another shape', '[1,2]'],
  ['null', 'null'],
  ['an empty token', '{"refreshToken":"","nonce":"0"}'],
  ['a number for a token', '{"refreshToken":7,"nonce":"0"}'],
  ['no nonce', '{"refreshToken":"r.gone.0"}'],
])('a damaged entry counts as none: %s', async (_, text) => {
  const phone = createFakePhone()
  phone.storage.set(storageKey, text)
  const auth = await launch(phone)
  expect(auth.state().session).toBe('in')
})

test('a session that the server does not know any more is replaced silently by the first request', async () => {
  const phone = createFakePhone()
  phone.storage.set(storageKey, '{"refreshToken":"r.gone.0","nonce":"0"}')
  const auth = await launch(phone)
  expect(await auth.fetchUser()).toEqual({ status: 'ready', user: phone.server.user() })
  expect(phone.calls.filter(call => call !== 'write')).toEqual([
    'read',
    'read',
    'POST /v1/token',
    'remove',
    'login',
    'POST /v1/login',
    'GET /v1/me',
  ])
})

test('a full storage costs nothing but a login at the next launch', async () => {
  const phone = createFakePhone()
  phone.storageFull = true
  const auth = await launch(phone)
  phone.server.expireAccess()
  expect(await auth.fetchUser()).toMatchObject({ status: 'ready' })
  expect(await auth.bindPhone(phone.agreed())).toMatchObject({ status: 'bound' })
  expect(phone.storage.size).toBe(0)
  await launch(phone)
  expect(phone.count('login')).toBe(2)
})

test('a storage that never answers does not stop the launch', async () => {
  const phone = createFakePhone()
  const platform = { ...phone.platform, readStorage: () => new Promise<string | null>(() => {}) }
  const auth = createAuth({ baseUrl, appId, platform })
  await phone.clock.advance(3000)
  expect(await auth.ready()).toMatchObject({ status: 'ready' })
})

test.each([
  ['appId', { appId: '' }],
  ['appId', { appId: undefined }],
  ['baseUrl', { baseUrl: undefined }],
  ['baseUrl', { baseUrl: 'auth.example.com' }],
  ['baseUrl', { baseUrl: 'https://auth.example.com/?a=1' }],
  ['backends', { backends: ['ftp://example.com'] }],
  ['platform', { platform: undefined }],
])('a wrong option is named in both languages: %s %j', (option, wrong) => {
  const options = { baseUrl, appId, platform: createFakePhone().platform, ...wrong } as never
  expect(() => createAuth(options)).toThrow(expect.objectContaining({ code: 'option_invalid', option }))
  expect(() => createAuth(options)).toThrow(new RegExp(`"${option}" must be .* / "${option}" 必须`))
})

test('a base address may end with a slash', async () => {
  const phone = createFakePhone()
  await launch(phone, { baseUrl: `${baseUrl}/` })
  expect(phone.sent[0]?.url).toBe(`${baseUrl}/v1/login`)
})

test('a server that is down at launch is found again when the app is shown', async () => {
  const phone = createFakePhone()
  phone.fates.push('lost-before', 'html', 'lost-before', 'html')
  const auth = await launch(phone)
  const ready = auth.ready()
  await phone.clock.advance(10_000)
  expect(await ready).toMatchObject({
    status: 'unavailable',
    message: { zh: expect.any(String), en: expect.any(String) },
  })
  expect(auth.state()).toMatchObject({ session: 'failed', failure: { status: 'unavailable' } })
  phone.show()
  await settle()
  expect(auth.state().session).toBe('in')
})

test('a failed login is not repeated within a second', async () => {
  const phone = createFakePhone()
  phone.loginFates.push({ errMsg: 'login:fail network', errno: 108 })
  const auth = await launch(phone)
  expect(await auth.ready()).toMatchObject({ status: 'unavailable', detail: 'login:fail network (errno 108)' })
  expect(phone.count('login')).toBe(1)
  await phone.clock.advance(1000)
  expect(await auth.ready()).toMatchObject({ status: 'ready' })
})

test('the app that is shown again with a live session sends nothing', async () => {
  const phone = createFakePhone()
  await launch(phone)
  const before = phone.calls.length
  await phone.clock.advance(3_600_000)
  phone.show()
  await settle()
  expect(phone.calls).toHaveLength(before)
})

test('without phone codes a key older than five minutes is checked at show, and replaced only when it is invalid', async () => {
  const phone = createFakePhone({ hasPhoneCode: false })
  await launch(phone)
  phone.show()
  await phone.clock.advance(300_000)
  expect(phone.count('checkSession')).toBe(0)
  phone.show()
  await settle()
  expect([phone.count('checkSession'), phone.count('login')]).toEqual([1, 1])
  await phone.clock.advance(300_000)
  phone.sessionValid = false
  phone.show()
  await settle()
  expect([phone.count('checkSession'), phone.count('login')]).toEqual([2, 2])
})

test('a clock that was set back makes the key be checked, not trusted', async () => {
  const phone = createFakePhone({ hasPhoneCode: false })
  await launch(phone)
  phone.clock.shift(-86_400_000)
  phone.show()
  await settle()
  expect(phone.count('checkSession')).toBe(1)
})

test('a check that itself fails does not bring a login', async () => {
  const phone = createFakePhone({ hasPhoneCode: false })
  const platform = { ...phone.platform, checkSession: () => Promise.reject(new Error('broken')) }
  createAuth({ baseUrl, appId, platform })
  await phone.clock.advance(300_000)
  phone.show()
  await settle()
  expect(phone.count('login')).toBe(1)
})

test('logout ends the session here and on the server, and nothing logs in again by itself', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  await auth.logout()
  expect(auth.state()).toMatchObject({ session: 'out', user: null })
  expect(phone.storage.size).toBe(0)
  phone.show()
  await settle()
  expect(await auth.ready()).toMatchObject({ status: 'logged-out' })
  expect(await auth.request({ url: '/v1/me' })).toMatchObject({ status: 'logged-out' })
  expect([phone.count('login'), phone.count('POST /v1/logout')]).toEqual([1, 1])
  expect(await auth.login()).toMatchObject({ status: 'ready' })
})

test('a login that is answered after logout does not bring the session back', async () => {
  const phone = createFakePhone()
  phone.manual = true
  const auth = await launch(phone)
  phone.logins[0]?.succeed()
  await settle()
  const out = auth.logout()
  phone.manual = false
  phone.wire[0]?.deliver('ok')
  await out
  await settle()
  expect(auth.state().session).toBe('out')
  expect(phone.storage.size).toBe(0)
  expect(phone.count('POST /v1/logout')).toBe(1)
})

test('a login that waits for a tap does not start after logout', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  auth.phoneTapped()
  const login = auth.login()
  await settle()
  await auth.logout()
  await auth.bindPhone({ detail: { errMsg: 'getPhoneNumber:fail user deny' } })
  expect(await login).toMatchObject({ status: 'logged-out' })
  expect(phone.count('login')).toBe(1)
})

test('a refresh that was about to begin does not bring the session back after logout', async () => {
  const phone = createFakePhone()
  await leaveSession(phone)
  let go = (_: string) => {}
  const platform = { ...phone.platform, randomHex: () => new Promise<string>(resolve => (go = resolve)) }
  const auth = await launch(phone, { platform })
  const request = auth.request({ url: '/v1/me' })
  await settle()
  await auth.logout()
  go('0123456789abcdef0123456789abcdef')
  expect(await request).toMatchObject({ status: 'logged-out' })
  expect([phone.storage.size, phone.count('POST /v1/token')]).toEqual([0, 0])
})

test('watchers hear every change until they leave, and a watcher that throws stops nobody', async () => {
  const phone = createFakePhone()
  const auth = createAuth({ baseUrl, appId, platform: phone.platform })
  const heard: AuthState['session'][] = []
  auth.subscribe(() => {
    throw new Error('a mistake of the page')
  })
  const leave = auth.subscribe(({ session }) => heard.push(session))
  await settle()
  expect(heard).toEqual(['logging-in', 'in'])
  leave()
  await auth.logout()
  expect(heard).toHaveLength(2)
  await expect(phone.clock.advance(0)).rejects.toThrow('a mistake of the page')
})

test('fetchUser tells a server that is down from one that is wrong', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  phone.fates.push('html')
  expect(await auth.fetchUser()).toMatchObject({ status: 'unavailable', detail: 'HTTP 502' })
  phone.server.refuseNext('/v1/me', 'route_unknown')
  expect(await auth.fetchUser()).toMatchObject({ status: 'failed', detail: 'HTTP 404' })
  phone.fates.push('lost-before')
  expect(await auth.fetchUser()).toMatchObject({ status: 'unavailable' })
})

test('a second launch of the code shares nothing with the first but the device', async () => {
  const phone = createFakePhone()
  await launch(phone)
  const other = createFakePhone()
  other.storage.set(storageKey.replace(appId, 'wx00000000000000b2'), '{"refreshToken":"r.other.0","nonce":"0"}')
  await launch(other)
  expect(other.count('login')).toBe(1)
})

test('a tap that is told after its event, as uni-app does it, takes no lease', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  await auth.bindPhone({ detail: { errMsg: 'getPhoneNumber:fail user deny', errno: 103 } })
  phone.clock.shift(20)
  auth.phoneTapped()
  expect(auth.state().phone).toBe('idle')
  auth.login()
  await settle()
  expect(phone.count('login')).toBe(2)
  phone.clock.shift(300)
  auth.phoneTapped()
  expect(auth.state().phone).toBe('asking')
})

test('after a login of another user the former one is forgotten: user, logins, and what he agreed to', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  phone.fates.push(...Array.from({ length: 4 }, () => 'lost-before' as const))
  const submitted = auth.bindPhone(phone.agreed())
  await phone.clock.advance(10_000)
  const outcome = await submitted
  const users: (string | undefined)[] = []
  auth.subscribe(({ user }) => users.push(user?.id))
  phone.server.switchUser()
  await auth.login()
  expect([users.at(-1), auth.user()?.id, auth.core.loginIds(phone.clock.now()).length]).toEqual(['user-2', 'user-2', 1])
  if (outcome.status !== 'unavailable') throw new Error(outcome.status)
  const sent = phone.sent.length
  expect(await outcome.retry()).toMatchObject({ status: 'tap-again', detail: 'another user logged in' })
  expect(phone.sent.length).toBe(sent)
})

test('an answer about the former user that comes late changes nothing', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  phone.manual = true
  const fetched = auth.fetchUser()
  await settle()
  const [late] = phone.wire
  phone.server.switchUser()
  const login = auth.login()
  await settle()
  phone.logins[0]?.succeed()
  await settle()
  phone.wire[1]?.deliver('ok')
  await login
  late?.deliver('ok')
  expect(await fetched).toMatchObject({ status: 'ready', user: { id: 'user-1' } })
  expect(auth.user()?.id).toBe('user-2')
})

test('what an entry point learns late of a former user is forgotten: after a logout, during the next login, and after it', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  const former = phone.server.user()
  await auth.logout()
  auth.core.learn(former)
  expect(auth.user()).toBeNull()
  phone.server.switchUser()
  phone.manual = true
  const login = auth.login()
  await settle()
  expect(auth.state().session).toBe('logging-in')
  auth.core.learn(former)
  expect(auth.user()).toBeNull()
  phone.logins[0]?.succeed()
  await settle()
  phone.wire[0]?.deliver('ok')
  await login
  auth.core.learn(former)
  expect(auth.user()?.id).toBe('user-2')
})

test('a simulator that put its listener on wx is handed the client', async () => {
  const phone = createFakePhone()
  const seen: unknown[] = []
  const shared = { onWeappAuth: (auth: unknown) => seen.push(auth) }
  const auth = await launch(phone, { platform: { ...phone.platform, shared } })
  expect(seen).toEqual([auth])
})
