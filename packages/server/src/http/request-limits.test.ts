import { type Problem, routes } from '@weapp-auth/protocol/contract'
import { describe, expect, it } from 'vitest'
import { expectProblem, newNonce, openServer, otherAppId, race } from '../../test/open-server.ts'
import { createMemoryStore } from '../stores/memory/index.ts'

const three = { requests: 3, windowMs: 60_000 }

/** Statuses of so many at once, sorted. */
async function statuses(count: number, ask: () => Promise<{ readonly status: number }>): Promise<readonly number[]> {
  return (await race(count, ask)).map(({ status }) => status).sort()
}

describe('a limit', () => {
  it('by address lets exactly so many through, says when to come back, and lets nobody else wait', async () => {
    const { get, arrival, pass } = openServer({ limits: { perIp: three } })
    arrival.ip = '203.0.113.7'
    expect(await statuses(8, () => get(routes.jwks))).toEqual([200, 200, 200, 429, 429, 429, 429, 429])
    const refused = await get<Problem>(routes.jwks)
    expectProblem(refused, 429, 'rate_limited')
    expect(refused.body).toMatchObject({ retry: 'later', retryAfterMs: 20_000 })
    expect(refused.headers.get('retry-after')).toBe('20')
    expect(refused.headers.get('ratelimit')).toBe('"perIp";r=0;t=20')
    expect(refused.headers.get('ratelimit-policy')).toBe('"perIp";q=3;w=60')
    arrival.ip = '203.0.113.8'
    expect((await get(routes.jwks)).status).toBe(200)
    arrival.ip = '203.0.113.7'
    pass(20_000)
    expect((await get(routes.jwks)).status).toBe(200)
  })

  it.each([routes.metrics, routes.openapi, routes.reference, routes.jwks])('by address counts %s', async path => {
    const metrics = { read: async () => ({ contentType: 'text/plain', text: '' }) }
    const { server } = openServer({ limits: { perIp: three }, metrics })
    const request = () => new Request(`https://auth.example.com${path}`)
    const answers = await statuses(5, () => server.fetch(request(), { ip: '203.0.113.7' }))
    expect(answers.slice(3)).toEqual([429, 429])
    expect(answers.slice(0, 3)).not.toContain(429)
  })

  it.each([routes.health, routes.ready])(
    'by address never holds up %s: a refused probe would take the server away from its users',
    async path => {
      const { get, arrival } = openServer({ limits: { perIp: three } })
      arrival.ip = '203.0.113.7'
      expect(new Set(await statuses(8, () => get(path)))).toEqual(new Set([200]))
    },
  )

  it('is not needed where many ask whether the server is ready: the store is asked once', async () => {
    let asked = 0
    const store = createMemoryStore()
    const { get } = openServer({
      store: {
        ...store,
        async check() {
          asked += 1
          await store.check()
        },
      },
    })
    await statuses(8, () => get(routes.ready))
    expect(asked).toBe(1)
    await get(routes.ready)
    expect(asked).toBe(2)
  })

  it('by address does not count a proxy that nobody announced: all its users would share one limit', async () => {
    const { get, arrival } = openServer({ limits: { perIp: three } })
    for (const ip of ['127.0.0.1', '10.0.0.7']) {
      arrival.ip = ip
      expect(new Set(await statuses(8, () => get(routes.jwks)))).toEqual(new Set([200]))
    }
  })

  it('by address counts whom a trusted proxy saw, whatever the client wrote before', async () => {
    const { send, arrival } = openServer({ limits: { perIp: three }, trustProxy: 1 })
    arrival.ip = '10.0.0.7'
    const from = (list: string) => send(routes.jwks, { headers: { 'x-forwarded-for': list } })
    let invented = 0
    const forged = () => from(`198.51.100.${invented++}, 203.0.113.7`)
    expect(await statuses(5, forged)).toEqual([200, 200, 200, 429, 429])
    expect((await from('203.0.113.8')).status).toBe(200)
  })

  it('by user counts changes and not reads, each user apart', async () => {
    const { logIn, post, me } = openServer({ limits: { perUser: three } })
    const one = await logIn('one')
    const two = await logIn('two')
    const change = (token: string) => () => post(routes.phone, { code: 'unknown', nonce: newNonce() }, token)
    expect(await statuses(5, change(one.token))).toEqual([400, 400, 400, 429, 429])
    expect((await change(two.token)()).status).toBe(400)
    expect(await statuses(5, () => me(one.token))).toEqual([200, 200, 200, 200, 200])
  })

  it('by app counts its logins, each app apart; unknown apps have no count', async () => {
    const { post } = openServer({ limits: { perApp: three } })
    const logIn = (appId: string) => () => post(routes.login, { appId, code: 'unknown', nonce: newNonce() })
    expect(await statuses(5, logIn('wx0000000000000001'))).toEqual([401, 401, 401, 429, 429])
    expect((await logIn(otherAppId)()).status).toBe(401)
    expect(new Set(await statuses(5, logIn('wx00000000000000ff')))).toEqual(new Set([400]))
  })

  it('can be switched off', async () => {
    const { get, arrival } = openServer({ limits: { perIp: 'off' } })
    arrival.ip = '203.0.113.7'
    expect(new Set(await statuses(100, () => get(routes.jwks)))).toEqual(new Set([200]))
  })

  it.each([
    [{ perIp: { requests: 0, windowMs: 1 } }, '"limits.perIp.requests" must be a whole number, 1 or more'],
    [{ perUser: { requests: 1, windowMs: 0.5 } }, '"limits.perUser.windowMs" must be a whole number, 1 or more'],
    [{ perOpenId: 'off' } as object, '"limits.perOpenId" must not be there'],
  ])('that makes no sense is refused at the start: %j', (limits, message) => {
    expect(() => openServer({ limits })).toThrow(new TypeError(message))
  })
})
