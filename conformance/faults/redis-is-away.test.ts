import { routes } from '@weapp-auth/protocol/contract'
import { createSharedState, type SharedState } from '@weapp-auth/server/redis'
import { createTokenVerifier } from '@weapp-auth/server/verify'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flows } from './flows.ts'
import { asUsual, goThrough } from './go-through.ts'
import { backend, issuer } from './open-real-world.ts'
import { mo, visit } from './people.ts'
import type { PrivateServer } from './services/private-server.ts'
import { askRedis, startRedis } from './services/redis.ts'
import { type FileWorld, openFileWorld } from './services/sqlite-file.ts'
import { ask, type Site } from './site.ts'

const server = await startRedis()
afterAll(() => server?.remove())

/** How it goes away, and comes back. */
const ways: readonly (readonly [string, (redis: PrivateServer) => Promise<unknown>])[] = [
  ['is stopped', redis => redis.crash()],
  // Until it is started again: a pause of all clients keeps off those too who would end it.
  ['stands still', redis => askRedis(redis.url, 'CLIENT', 'PAUSE', '3600000', 'ALL')],
]

describe.skipIf(!server)('Redis', { timeout: 60_000 }, () => {
  const redis = server as PrivateServer
  let world: FileWorld
  let shared: SharedState
  let client: Redis
  beforeAll(async () => {
    // As `weapp-auth serve` does it.
    client = new Redis(redis.url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: times => Math.min(times * 50, 200),
    })
    shared = createSharedState({ redis: client })
    await new Promise<void>(resolve => client.once('ready', () => resolve()))
    world = await openFileWorld({ limiter: shared.limiter, observe: event => shared.revocations.server(event) })
  })
  afterAll(async () => {
    await world.close()
    client.disconnect()
  })

  const isThere = async () => (await shared.revocations.isRevoked('nobody')) !== null
  const restart = async () => {
    await redis.crash()
    await redis.start()
    await expect.poll(isThere, { timeout: 5000 }).toBe(true)
  }

  /** Whose session ends is refused by other backends within five seconds. */
  async function expectRevocationSeen(site: Site): Promise<void> {
    const verifier = createTokenVerifier({
      issuer,
      jwks: site.origin + routes.jwks,
      introspect: { ...backend, url: site.origin + routes.introspect },
      revocations: shared.revocations,
    })
    const { accessToken, refreshToken } = await visit(site, mo)
    const state = async () => (await verifier.verify(accessToken)).status
    expect(await state()).toBe('valid')
    expect((await ask(site, routes.logout, { body: { refreshToken } })).status).toBe(204)
    await expect.poll(state, { timeout: 5000 }).toBe('invalid')
  }

  describe.each(ways)('%s', (_, goAway) => {
    test.each(flows)('F16: Redis is away, and nothing fails: $id', async flow => {
      const site = world.newSite()
      await goThrough(site, flow, {
        begin: async () => void (await goAway(redis)),
        during: async () => expect(await isThere()).toBe(false),
        end: restart,
        promised: asUsual,
      })
    })

    test('F16: Redis is away, and each process counts requests by itself, and a session that ends is seen by others', async () => {
      await goAway(redis)
      await expectRevocationSeen(world.newSite())
      const rate = { requests: 10, windowMs: 3_600_000 }
      const key = `somebody-${Math.random()}`
      const takes = []
      for (let take = 0; take < 15; take += 1) takes.push((await shared.limiter.take(key, rate, Date.now())).status)
      expect(takes.filter(status => status === 'taken')).toHaveLength(10)
      await restart()
    })
  })
})
