import { expect, test } from 'vitest'
import { appId, connectionError, inTurn, refuse, secret, session, stubWechat } from '../test/stub-wechat.ts'
import { createBreaker } from './breaker.ts'

const other = 'wx0000000000000002'
const login = { appId, code: 'logincode' }
const down = ({ url }: { url: string }) => Promise.reject(connectionError('ECONNREFUSED', url))

/** Logs in until WeChat is not asked any more; tells how often it was. */
async function untilOpen({ wechat, time, calls }: ReturnType<typeof stubWechat>) {
  for (let turn = 0; turn < 10; turn += 1) {
    const before = calls.length
    await time.finish(wechat.codeToSession(login).catch(() => undefined))
    if (calls.length === before) return before
  }
  return Number.POSITIVE_INFINITY
}

test.each([
  ['no connection', down],
  ['no answer', () => new Promise(() => undefined)],
  ['HTTP 502', () => new Response('<html>', { status: 502 })],
])('after five attempts with %s WeChat is not asked for five seconds', async (_, answer) => {
  const stub = stubWechat(answer)
  expect(await untilOpen(stub)).toBe(5)
  const { wechat, time, calls } = stub
  const startedAt = time.clock.now()
  await expect(time.finish(wechat.codeToSession(login))).rejects.toMatchObject({
    code: 'unavailable',
    mayHaveHappened: false,
    retryAfterMs: expect.any(Number),
    cause: { message: 'not asked: it does not answer' },
  })
  expect([calls.length, time.clock.now() - startedAt]).toEqual([5, 0])
})

test.each([-1, 40029, 45011, 40226])('errcode %i is an answer and opens nothing', async errcode => {
  expect(await untilOpen(stubWechat(() => refuse(errcode)))).toBe(Number.POSITIVE_INFINITY)
})

test('then one attempt finds out, and the others wait for it', async () => {
  let answer: () => void = () => undefined
  const probe = new Promise(resolve => {
    answer = () => resolve(session)
  })
  const stub = stubWechat(
    inTurn(
      down,
      down,
      down,
      down,
      down,
      () => probe,
      () => session,
    ),
  )
  await untilOpen(stub)
  const { wechat, time, calls, breakerEvents } = stub
  await time.pass(5000)
  const probing = wechat.codeToSession(login)
  await expect(wechat.codeToSession(login)).rejects.toMatchObject({ code: 'unavailable', retryAfterMs: 1000 })
  answer()
  expect(await time.finish(probing)).toMatchObject({ status: 'ok' })
  expect(await time.finish(wechat.codeToSession(login))).toMatchObject({ status: 'ok' })
  expect(calls).toHaveLength(7)
  expect(breakerEvents).toEqual([
    { appId, state: 'open' },
    { appId, state: 'closed' },
  ])
})

test('when the attempt fails too, another five seconds pass', async () => {
  const stub = stubWechat(down)
  await untilOpen(stub)
  const { wechat, time, calls } = stub
  await time.pass(5000)
  await time.finish(wechat.codeToSession(login).catch(() => undefined))
  expect(calls).toHaveLength(6)
  await time.finish(wechat.codeToSession(login).catch(() => undefined))
  expect(calls).toHaveLength(6)
})

test('another app is asked for as before', async () => {
  const answer = (call: { url: string }) => (call.url.includes(other) ? session : down(call))
  const apps = [appId, other].map(one => ({ appId: one, secret }))
  const stub = stubWechat(answer, { apps })
  await untilOpen(stub)
  expect(await stub.time.finish(stub.wechat.codeToSession({ ...login, appId: other }))).toMatchObject({ status: 'ok' })
})

test('one answer among failures keeps it closed', () => {
  const told: unknown[] = []
  const breaker = createBreaker(event => told.push(event))
  for (let attempt = 0; attempt < 100; attempt += 1) breaker.settle(appId, attempt % 5 === 4, attempt * 1000)
  expect([breaker.enter(appId, 100_000), told]).toEqual([0, []])
})

test('connections that break all at once open nothing', () => {
  const breaker = createBreaker(() => undefined)
  for (let attempt = 0; attempt < 64; attempt += 1) breaker.settle(appId, false, attempt)
  expect(breaker.enter(appId, 64)).toBe(0)
})

test('an attempt that ends late does not close what opened meanwhile', () => {
  const breaker = createBreaker(() => undefined)
  for (let attempt = 0; attempt < 5; attempt += 1) breaker.settle(appId, false, attempt * 50)
  breaker.settle(appId, true, 300)
  expect(breaker.enter(appId, 1200)).toBe(4000)
})

test('a WeChat that hangs holds no more calls than "maxUnderWay"', async () => {
  const { wechat, calls } = stubWechat(() => new Promise(() => undefined), { maxUnderWay: 3 })
  const hanging = [1, 2, 3].map(() => wechat.codeToSession(login))
  hanging.forEach(one => void one.catch(() => undefined))
  await expect(wechat.codeToSession(login)).rejects.toMatchObject({
    code: 'unavailable',
    mayHaveHappened: false,
    retryAfterMs: 1000,
    cause: { message: 'not asked: too many calls are under way' },
  })
  expect(calls.length).toBeLessThanOrEqual(3)
})
