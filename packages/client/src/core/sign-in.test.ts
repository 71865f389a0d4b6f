import { expect, test } from 'vitest'
import { settle } from '../testing/fake-clock.ts'
import { createFakePhone } from '../testing/fake-phone.ts'
import { launch } from '../testing/launch.ts'

test('any number of callers share one wx.login', async () => {
  const phone = createFakePhone()
  phone.manual = true
  const auth = await launch(phone)
  const all = Promise.all([auth.ready(), auth.ready(), auth.login(), auth.fetchUser()])
  phone.show()
  await settle()
  expect(phone.count('login')).toBe(1)
  phone.manual = false
  phone.logins[0]?.succeed()
  expect((await all).map(outcome => outcome.status)).toEqual(['ready', 'ready', 'ready', 'ready'])
  expect(phone.count('POST /v1/login')).toBe(1)
})

test('a failure is not remembered: the next caller flies anew', async () => {
  const phone = createFakePhone()
  phone.loginFates.push({ errMsg: 'login:fail system error' })
  const auth = await launch(phone)
  expect(await auth.ready()).toMatchObject({ status: 'failed', detail: 'login:fail system error' })
  await phone.clock.advance(1000)
  expect(await auth.ready()).toMatchObject({ status: 'ready' })
})

test('a wx.login whose callback never comes is given up, and its late code is never sent', async () => {
  const phone = createFakePhone()
  phone.loginFates.push('never')
  const auth = await launch(phone)
  const waiting = Promise.all([auth.ready(), auth.request({ url: '/v1/me' })])
  await phone.clock.advance(15_000)
  expect((await waiting).map(outcome => outcome.status)).toEqual(['unavailable', 'unavailable'])
  phone.logins[0]?.succeed()
  await settle()
  expect(phone.count('POST /v1/login')).toBe(0)
})

test.each(['code_invalid', 'code_consumed'] as const)('after %s one fresh code is tried, silently', async code => {
  const phone = createFakePhone()
  phone.server.refuseNext('/v1/login', code)
  const auth = await launch(phone)
  expect(await auth.ready()).toMatchObject({ status: 'ready' })
  expect(phone.count('login')).toBe(2)
})

test('a second refused code is the end of the attempt', async () => {
  const phone = createFakePhone()
  phone.server.refuseNext('/v1/login', 'code_invalid')
  phone.server.refuseNext('/v1/login', 'code_invalid')
  const auth = await launch(phone)
  expect(await auth.ready()).toMatchObject({ status: 'failed', detail: expect.stringContaining('code_invalid') })
  expect(phone.count('login')).toBe(2)
})

test('a lost answer is asked for again with the same code and nonce', async () => {
  const phone = createFakePhone()
  phone.fates.push('lost-after', 'lost-after')
  const auth = await launch(phone)
  await phone.clock.advance(5000)
  expect(await auth.ready()).toMatchObject({ status: 'ready' })
  expect(phone.count('login')).toBe(1)
  expect(new Set(phone.sent.map(({ body }) => JSON.stringify(body))).size).toBe(1)
})

test('an old code that the platform hands out again keeps its nonce', async () => {
  const phone = createFakePhone()
  const platform = { ...phone.platform, login: async () => ({ code: 'the-same' }) }
  phone.server.issueLoginCode('the-same', 1)
  const auth = await launch(phone, { platform })
  await auth.login()
  const [first, second] = phone.sent.map(({ body }) => body)
  expect(second).toEqual(first)
})

test.each([
  ['user_blocked', 'blocked'],
  ['account_blocked', 'blocked'],
  ['app_unknown', 'failed'],
  ['app_misconfigured', 'failed'],
  ['upstream_unavailable', 'unavailable'],
] as const)('%s means %s', async (code, status) => {
  const phone = createFakePhone()
  for (let turn = 0; turn < 4; turn++) phone.server.refuseNext('/v1/login', code)
  const auth = await launch(phone)
  const ready = auth.ready()
  await phone.clock.advance(10_000)
  expect(await ready).toMatchObject({ status, detail: expect.stringContaining(code) })
})

test('a server that asks for a minute of patience is not waited for', async () => {
  const phone = createFakePhone()
  phone.server.refuseNext('/v1/login', 'upstream_limited', 60_000)
  const auth = await launch(phone)
  expect(await auth.ready()).toMatchObject({ status: 'unavailable' })
  expect(phone.count('POST /v1/login')).toBe(1)
})

test('a server that asks for two seconds gets them', async () => {
  const phone = createFakePhone()
  phone.server.refuseNext('/v1/login', 'storage_busy', 2000)
  const auth = await launch(phone)
  await phone.clock.advance(1999)
  expect(phone.count('POST /v1/login')).toBe(1)
  await phone.clock.advance(1)
  expect(await auth.ready()).toMatchObject({ status: 'ready' })
})

test('HTML with status 200 is no session', async () => {
  const phone = createFakePhone()
  const platform = {
    ...phone.platform,
    request: () => ({
      done: Promise.resolve({ status: 200, headers: {}, body: '<html>Please log in to this Wi-Fi</html>' }),
      abort() {},
    }),
  }
  const auth = await launch(phone, { platform })
  const ready = auth.ready()
  await phone.clock.advance(10_000)
  expect(await ready).toMatchObject({ status: 'unavailable', detail: expect.stringContaining('baseUrl') })
})

test('a random source that fails does not leave anybody waiting', async () => {
  const phone = createFakePhone()
  const platform = { ...phone.platform, randomHex: () => Promise.reject(new Error('no randomness')) }
  const auth = await launch(phone, { platform })
  expect(await auth.ready()).toMatchObject({ status: 'failed', detail: 'no randomness' })
  expect(await auth.bindPhone(phone.agreed())).toMatchObject({ status: 'failed' })
})
