import { WechatFault } from '@weapp-auth/protocol/wechat'
import { expect, test } from 'vitest'
import { idle } from '../test/manual-time.ts'
import { appId, inTurn, later, phoneInfo, refuse, secret, stubWechat, withTokens } from '../test/stub-wechat.ts'
import { createMemoryTokenStore, type TokenStore } from './index.ts'

const stableToken = '/cgi-bin/stable_token'
const phone = { appId, code: 'phonecode', openId: 'openid-1' }
const thousand = Array.from({ length: 1000 })

test('a thousand callers on a cold start make one request', async () => {
  const { wechat, time, to } = stubWechat(withTokens(() => phoneInfo))
  const tokens = await time.finish(Promise.all(thousand.map(() => wechat.accessToken(appId))))
  expect(new Set(tokens)).toEqual(new Set(['token-1']))
  expect(to(stableToken)).toHaveLength(1)
})

test('asks for the stable token, in normal mode', async () => {
  const { wechat, time, calls } = stubWechat(withTokens(() => phoneInfo))
  await time.finish(wechat.accessToken(appId))
  const body = { grant_type: 'client_credential', appid: appId, secret, force_refresh: false }
  expect(calls[0]).toMatchObject({ method: 'POST', path: stableToken, body, query: {} })
})

test.each([40001, 40014, 42001])(
  'a thousand callers whose token is refused with %i make one refresh',
  async errcode => {
    let good = 'token-1'
    const { wechat, time, to } = stubWechat(
      withTokens(({ query }) => (query.access_token === good ? phoneInfo : refuse(errcode, 'invalid credential'))),
    )
    await time.finish(wechat.accessToken(appId))
    good = 'token-2'
    const outcomes = await time.finish(Promise.all(thousand.map(() => wechat.phoneByCode(phone))))
    expect(outcomes.every(outcome => outcome.status === 'ok')).toBe(true)
    expect(to(stableToken)).toHaveLength(2)
    expect(to('/wxa/business/getuserphonenumber')).toHaveLength(2000)
  },
)

test('a token refused again after the refresh is a wrong configuration, after exactly one repetition', async () => {
  const { wechat, time, to } = stubWechat(withTokens(() => refuse(40001, 'invalid credential')))
  await expect(time.finish(wechat.phoneByCode(phone))).rejects.toMatchObject({
    code: 'misconfigured',
    errcode: 40001,
    api: 'phoneByCode',
    mayHaveHappened: false,
  })
  expect(to('/wxa/business/getuserphonenumber')).toHaveLength(2)
  expect(to(stableToken)).toHaveLength(2)
})

test('a caller that fails late with the former token gets the present one, and nobody is asked', async () => {
  const late = later()
  let good = 'token-1'
  let leases = 0
  const store = createMemoryTokenStore()
  const tokens: TokenStore = { ...store, lease: (...lease) => store.lease(...lease).finally(() => leases++) }
  const { wechat, time, to } = stubWechat(
    withTokens(({ query, body }) => {
      if (body.code === 'late' && query.access_token === 'token-1') return late.promise
      return query.access_token === good ? phoneInfo : refuse(42001, 'access_token expired')
    }),
    { tokens },
  )
  const lateCaller = wechat.phoneByCode({ ...phone, code: 'late' })
  await idle()
  good = 'token-2'
  await wechat.phoneByCode(phone)
  const leasesBefore = leases
  late.resolve(refuse(42001, 'access_token expired'))
  expect(await time.finish(lateCaller)).toMatchObject({ status: 'ok' })
  expect(to(stableToken)).toHaveLength(2)
  expect(leases).toBe(leasesBefore)
})

test('an older answer never overwrites a newer one', async () => {
  const slow = later()
  const answerToken = inTurn(
    () => ({ access_token: 'old', expires_in: 400 }),
    () => slow.promise,
    () => ({ access_token: 'new', expires_in: 7200 }),
  )
  const { wechat, time, to } = stubWechat(call => {
    if (call.path === stableToken) return answerToken(call)
    return call.query.access_token === 'new' ? phoneInfo : refuse(40001)
  })
  await time.finish(wechat.accessToken(appId))
  await time.pass(150_000)
  expect(await wechat.accessToken(appId)).toBe('old') // A renewal ahead of time hangs in the background.
  await idle()
  expect(await wechat.phoneByCode(phone)).toMatchObject({ status: 'ok' })
  slow.resolve({ access_token: 'old', expires_in: 7200 })
  await idle()
  expect(await wechat.accessToken(appId)).toBe('new')
  expect(to(stableToken)).toHaveLength(3)
})

test('a refused token that an older question brings back is not handed out while a newer one is asked', async () => {
  const slow = [later(), later()] as const
  const answerToken = inTurn(
    () => ({ access_token: 'old', expires_in: 400 }),
    () => slow[0].promise,
    () => slow[1].promise,
  )
  const { wechat, time, to } = stubWechat(call => {
    if (call.path === stableToken) return answerToken(call)
    return call.query.access_token === 'new' ? phoneInfo : refuse(40001)
  })
  await time.finish(wechat.accessToken(appId))
  await time.pass(150_000)
  await wechat.accessToken(appId)
  const first = wechat.phoneByCode(phone)
  await idle()
  slow[0].resolve({ access_token: 'old', expires_in: 7200 })
  await idle()
  const second = wechat.phoneByCode(phone)
  await idle()
  slow[1].resolve({ access_token: 'new', expires_in: 7200 })
  expect(await time.finish(Promise.all([first, second]))).toMatchObject([{ status: 'ok' }, { status: 'ok' }])
  expect(to(stableToken)).toHaveLength(3)
  expect(to('/wxa/business/getuserphonenumber').map(call => call.query.access_token)).toEqual(['old', 'new', 'new'])
})

test('renews five minutes ahead, in the background', async () => {
  const { wechat, time, to } = stubWechat(withTokens(() => phoneInfo))
  await time.finish(wechat.accessToken(appId))
  await time.pass(7200_000 - 300_000 - 1)
  expect(await wechat.accessToken(appId)).toBe('token-1')
  await idle()
  expect(to(stableToken)).toHaveLength(1)
  await time.pass(1)
  expect(await wechat.accessToken(appId)).toBe('token-1')
  await idle()
  expect(await wechat.accessToken(appId)).toBe('token-2')
  expect(to(stableToken)).toHaveLength(2)
})

test('a renewal that fails ahead of time disturbs nobody and is tried again half a minute later', async () => {
  const answers = inTurn(
    () => ({ access_token: 'first', expires_in: 300 }),
    () => new Response('busy', { status: 503 }),
  )
  const { wechat, time, to } = stubWechat(answers)
  await time.finish(wechat.accessToken(appId))
  await time.pass(30_000)
  expect(await wechat.accessToken(appId)).toBe('first')
  await time.pass(1000)
  const asked = to(stableToken).length
  for (let i = 0; i < 100; i += 1) expect(await wechat.accessToken(appId)).toBe('first')
  await idle()
  expect(to(stableToken)).toHaveLength(asked)
  await time.pass(30_000)
  expect(await wechat.accessToken(appId)).toBe('first')
  await idle()
  expect(to(stableToken).length).toBeGreaterThan(asked)
})

test('an expired token is never used', async () => {
  const { wechat, time } = stubWechat(withTokens(() => phoneInfo))
  await time.finish(wechat.accessToken(appId))
  await time.pass(7200_000)
  expect(await time.finish(wechat.accessToken(appId))).toBe('token-2')
})

test('a wrong secret is asked about once a minute, however often it is needed', async () => {
  const answers = inTurn(
    () => refuse(40125, 'invalid appsecret'),
    () => ({ access_token: 'late', expires_in: 7200 }),
  )
  const { wechat, time, calls } = stubWechat(answers)
  for (let second = 0; second < 60; second += 1) {
    await expect(time.finish(wechat.phoneByCode(phone))).rejects.toMatchObject({
      code: 'misconfigured',
      errcode: 40125,
    })
    await time.pass(1000)
  }
  expect(calls).toHaveLength(1)
  expect(await time.finish(wechat.accessToken(appId))).toBe('late')
})

test('two processes with one store make one request, however they race', async () => {
  const tokens = slowStore(createMemoryTokenStore())
  const answer = withTokens(() => phoneInfo)
  const one = stubWechat(answer, { tokens })
  const two = stubWechat(answer, { tokens, clock: one.time.clock, timer: one.time.timer })
  const both = [one, two].flatMap(({ wechat }) => thousand.map(() => wechat.accessToken(appId)))
  expect(new Set(await one.time.finish(Promise.all(both)))).toEqual(new Set(['token-1']))
  expect(one.calls.length + two.calls.length).toBe(1)
})

test('a process that died with the lease delays the others by seven seconds, not for ever', async () => {
  const tokens = createMemoryTokenStore()
  const { wechat, time } = stubWechat(
    withTokens(() => phoneInfo),
    { tokens },
  )
  await tokens.lease(appId, 'dead', time.clock.now(), time.clock.now() + 3600_000)
  const startedAt = time.clock.now()
  expect(await time.finish(wechat.accessToken(appId))).toBe('token-1')
  expect(time.clock.now() - startedAt).toBeLessThanOrEqual(7_400)
})

test('a token that another process got later is preferred to a refused one in the store', async () => {
  const tokens = createMemoryTokenStore()
  let good = 'token-1'
  const { wechat, time, to } = stubWechat(
    withTokens(({ query }) => (query.access_token === good ? phoneInfo : refuse(40001))),
    { tokens },
  )
  await time.finish(wechat.accessToken(appId))
  good = 'other-process'
  await tokens.write(appId, { accessToken: good, expiresAt: time.clock.now() + 7200_000, generation: 9 })
  expect(await time.finish(wechat.phoneByCode(phone))).toMatchObject({ status: 'ok' })
  expect(to(stableToken)).toHaveLength(1)
})

test('a store that fails is reported, and works again when it does', async () => {
  const broken = new Error('database is locked')
  const store = createMemoryTokenStore()
  let isBroken = true
  const read = async (id: string) => (isBroken ? Promise.reject(broken) : store.read(id))
  const { wechat, time } = stubWechat(
    withTokens(() => phoneInfo),
    { tokens: { ...store, read } },
  )
  await expect(time.finish(wechat.accessToken(appId))).rejects.toBe(broken)
  isBroken = false
  expect(await time.finish(wechat.accessToken(appId))).toBe('token-1')
})

test('an app that was not given is a wrong configuration', async () => {
  const { wechat } = stubWechat(() => phoneInfo)
  await expect(wechat.accessToken('wxffffffffffffffff')).rejects.toBeInstanceOf(WechatFault)
})

/** Every step of the store takes a turn of the event loop, so that two processes really interleave. */
function slowStore(store: TokenStore): TokenStore {
  const turn = () => new Promise(setImmediate)
  return {
    read: async id => turn().then(() => store.read(id)),
    write: async (id, token) => turn().then(() => store.write(id, token)),
    lease: async (...lease) => turn().then(() => store.lease(...lease)),
  }
}

test('a young token that dies is told once, with the token that follows; followers that throw disturb nobody', async () => {
  let good = 'token-1'
  const { wechat, time } = stubWechat(
    withTokens(({ query }) => (query.access_token === good ? phoneInfo : refuse(40001, 'invalid credential'))),
  )
  const told: unknown[] = []
  wechat.follow({
    token() {
      throw new Error('a bad guest')
    },
  })
  const leave = wechat.follow({ token: ({ type, appId, generation }) => told.push([type, appId, generation]) })
  await time.finish(wechat.accessToken(appId))
  good = 'token-2'
  await time.finish(Promise.all([wechat.phoneByCode(phone), wechat.phoneByCode(phone)]))
  expect(told).toEqual([
    ['renewed', appId, 1],
    ['lost', appId, 1],
    ['renewed', appId, 2],
  ])
  leave()
  good = 'token-3'
  await time.finish(wechat.phoneByCode(phone))
  expect(told).toHaveLength(3)
})

test('a token that is refused near its end is no loss, nor one that another process of ours has renewed', async () => {
  let good = 'token-1'
  const tokens = createMemoryTokenStore()
  const { wechat, time } = stubWechat(
    withTokens(({ query }) => (query.access_token === good ? phoneInfo : refuse(42001, 'expired'))),
    { tokens },
  )
  const told: string[] = []
  wechat.follow({ token: ({ type }) => told.push(type) })
  await time.finish(wechat.accessToken(appId))
  const other = { accessToken: 'token-of-another', expiresAt: time.clock.now() + 7_200_000, generation: 2 }
  await tokens.write(appId, other)
  good = 'token-of-another'
  await time.finish(wechat.phoneByCode(phone))
  expect(told).toEqual(['renewed'])
  await time.pass(7_200_000 - 400_000)
  good = 'token-2'
  await time.finish(wechat.phoneByCode(phone))
  expect(told).toEqual(['renewed', 'renewed'])
})
