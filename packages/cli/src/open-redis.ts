import { createSharedState, type RedisEvent, type SharedState } from '@weapp-auth/server/redis'

export interface OpenedRedis extends SharedState {
  /** Whether it answered. */
  readonly isThere: boolean
  close(): void
}

/**
 * Connects to Redis or Valkey, and does not insist: a server that cannot reach it starts and works, each instance on its
 * own. Waits for the first answer, so that a Redis that is there is there from the first request on.
 */
export async function openRedis(url: string, observe: (event: RedisEvent) => void): Promise<OpenedRedis> {
  const { Redis } = await import('ioredis')
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 2000,
    // While it is away nothing waits in a queue: the circuit answers at once.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: times => Math.min(times * 100, 1000),
  })
  const shared = createSharedState({ redis, observe })
  await redis.connect().catch(() => undefined)
  const isThere = (await shared.revocations.isRevoked('')) !== null
  return { ...shared, isThere, close: () => redis.disconnect() }
}
