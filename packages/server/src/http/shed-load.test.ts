import type { Problem } from '@weapp-auth/protocol/contract'
import { routes } from '@weapp-auth/protocol/contract'
import { expect, test } from 'vitest'
import { appId, newNonce, openServer } from '../../test/open-server.ts'

/** A loop that goes on when the test says so. */
function manualLoop() {
  let now = 0
  let ends: (() => void)[] = []
  return {
    loop: { now: () => now, afterTurn: (run: () => void) => void ends.push(run) },
    pass(ms: number) {
      now += ms
    },
    endTurn() {
      for (const end of ends.splice(0)) end()
      ends = []
    },
  }
}

const login = () => ({ appId, code: 'never-issued', nonce: newNonce() })

/** A server whose event loop has been too slow for 1200 ms. */
async function overloaded() {
  const time = manualLoop()
  const server = openServer({ loop: time.loop })
  await server.logIn()
  await server.crowd()
  server.arrival.queued = true
  time.pass(1200)
  return { ...server, ...time }
}

test('a login in an overload is refused before its body is read, with the time to come back', async () => {
  const { server, events } = await overloaded()
  const before = events.length
  const body = new ReadableStream({
    pull() {
      throw new Error('the body was read')
    },
  })
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body, duplex: 'half' }
  const response = await server.fetch(new Request(`https://auth.example.com${routes.login}`, request as RequestInit), {
    queued: true,
  })
  const problem = (await response.json()) as Problem
  expect([response.status, problem.code, problem.retry]).toEqual([503, 'overloaded', 'later'])
  expect(problem.retryAfterMs).toBe(Number(response.headers.get('retry-after')) * 1000)
  expect(response.headers.get('x-request-id')).toBe(problem.requestId)
  expect(events.slice(before)).toEqual([])
})

test('those who are refused together come back in different seconds', async () => {
  const { post } = await overloaded()
  const seconds = await Promise.all([1, 2, 3].map(async () => (await post(routes.login, login())).body.retryAfterMs))
  expect(seconds.sort()).toEqual([1000, 2000, 3000])
})

test('probes and metrics are answered in an overload', async () => {
  const time = manualLoop()
  const metrics = {
    read: async () => ({ contentType: 'text/plain', text: '' }),
    token: 'only-for-this-test-0123456789',
  }
  const { get, arrival, crowd } = openServer({ loop: time.loop, metrics })
  await crowd()
  arrival.queued = true
  time.pass(1000)
  expect((await get(routes.login)).status).toBe(503)
  expect((await get(routes.health)).status).toBe(200)
  expect((await get(routes.ready)).status).toBe(200)
  expect((await get(routes.metrics, metrics.token)).status).toBe(200)
})

test('OAuth clients are refused in their words', async () => {
  const { send } = await overloaded()
  const { status, body } = await send(routes.introspect, { method: 'POST', body: new URLSearchParams({ token: 'x' }) })
  expect([status, body]).toMatchObject([503, { error: 'server_error', code: 'overloaded' }])
})

test('refusals are told together, once a second, when their turn is over', async () => {
  const { post, pass, endTurn, crowd, eventsOf } = await overloaded()
  const refuse = async (count: number) => {
    for (let turn = 0; turn < count; turn += 1) await post(routes.login, login())
    endTurn()
  }
  await refuse(3)
  expect(eventsOf('requests-shed')).toEqual([
    { type: 'requests-shed', reason: 'slow', count: 3, underWay: 0, waitedMs: 1200 },
  ])
  for (const ms of [500, 600]) {
    await crowd()
    pass(ms)
    await refuse(1)
  }
  expect(eventsOf('requests-shed').map(({ count }) => count)).toEqual([3, 2])
})

test('with all places taken others are refused until one is answered', async () => {
  const { post, wechat, eventsOf } = openServer({ maxUnderWay: 16 })
  let answer: () => void = () => undefined
  const hanging = new Promise<never>((_, reject) => {
    answer = () => reject(new Error('WeChat is gone'))
  })
  Object.assign(wechat.platform, { codeToSession: () => hanging })
  const underWay = Array.from({ length: 12 }, () => post(routes.login, login()))
  await new Promise(setImmediate)
  expect((await post(routes.login, login())).body.code).toBe('overloaded')
  // The rest is for those who are logged in.
  expect((await post(routes.token, { refreshToken: 'wxa_rt_nonsense', nonce: newNonce() })).body.code).toBe(
    'refresh_invalid',
  )
  answer()
  expect(new Set((await Promise.all(underWay)).map(({ status }) => status))).toEqual(new Set([500]))
  await new Promise(setImmediate)
  expect((await post(routes.login, login())).body.code).toBe('internal_error')
  expect(eventsOf('requests-shed')).toMatchObject([{ reason: 'full', count: 1 }])
})

test('a load tells how many are under way and how long they waited since the last question', async () => {
  const { server, get, pass, endTurn } = await overloaded()
  endTurn()
  expect(server.load()).toEqual({ underWay: 0, waitedMs: 1200 })
  await get(routes.health)
  pass(3)
  endTurn()
  expect(server.load()).toEqual({ underWay: 0, waitedMs: 3 })
})

test.each([0, 15, 16.5, 100_001])('"maxUnderWay" of %d is refused', maxUnderWay => {
  expect(() => openServer({ maxUnderWay })).toThrow('"maxUnderWay" must be a whole number from 16 to 100000')
})

test('a request that came by no connection has not waited', async () => {
  const { post, arrival } = await overloaded()
  arrival.queued = false
  expect((await post(routes.login, login())).body.code).toBe('code_invalid')
})
