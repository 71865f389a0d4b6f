import { createMemoryLimiter } from '../limits/memory-limiter.ts'
import type { Limiter } from '../ports/limiter.ts'
import { systemTimer, type Timer } from '../ports/timer.ts'
import { createCircuit, type RedisEvent } from './circuit.ts'
import type { RedisClient } from './redis-client.ts'
import { createRedisLimiter } from './redis-limiter.ts'
import { createRevocations, type Revocations } from './revocations.ts'

export interface SharedStateOptions {
  /** An open connection to Redis 6.2 or newer, or Valkey, such as `new Redis(url)` of `ioredis`. Stays yours: close it yourself. */
  readonly redis: RedisClient
  /** Begins every key; other deployments in the same database need another. Default `weapp-auth:`. */
  readonly prefix?: string
  /** Milliseconds that an answer may take before Redis counts as away. Default 50. */
  readonly timeoutMs?: number
  /** Milliseconds until it is asked again. Default 1000. */
  readonly restMs?: number
  /** Is told when Redis is away and when it is back. Default: nobody. */
  readonly observe?: (event: RedisEvent) => void
  /** Default: the timer of this machine. */
  readonly timer?: Timer
}

/** What several instances share and may lose. */
export interface SharedState {
  /** For `limiter` of `createServer`. */
  readonly limiter: Limiter
  /** Where the server publishes sessions that end, and your backends look. */
  readonly revocations: Revocations
}

/**
 * Short-lived state of several instances, in Redis or Valkey. Nothing fails while that is away: each instance then
 * counts requests on its own, and sessions that end are published when it is back.
 *
 * @throws TypeError `"redis" must be …` and the like.
 *
 * @example
 * import { Redis } from 'ioredis'
 * const { limiter, revocations } = createSharedState({ redis: new Redis('redis://127.0.0.1:6379') })
 * const server = createServer({ ...options, limiter, observe: revocations.server })
 */
export function createSharedState(options: SharedStateOptions): SharedState {
  const { redis, prefix = 'weapp-auth:', timeoutMs = 50, restMs = 1000, timer = systemTimer } = checked(options)
  let lastError: unknown
  redis.on('error', error => {
    lastError = error
  })
  const circuit = createCircuit({ timeoutMs, restMs, timer, tell, lastError: () => lastError })
  const { revocations, resend } = createRevocations({ redis, circuit, prefix, timer })

  function tell(event: RedisEvent): void {
    options.observe?.(event)
    if (event.type === 'redis-back') void resend()
  }

  return { limiter: createRedisLimiter({ redis, circuit, prefix, meanwhile: createMemoryLimiter() }), revocations }
}

function checked(options: SharedStateOptions): SharedStateOptions {
  const { redis, prefix, timeoutMs = 1, restMs = 1 } = options
  if (typeof redis?.call !== 'function' || typeof redis.on !== 'function')
    throw new TypeError('"redis" must be a client of ioredis')
  if (prefix !== undefined && (typeof prefix !== 'string' || !/^[\x21-\x7e]{1,64}$/.test(prefix)))
    throw new TypeError('"prefix" must be 1 to 64 visible ASCII characters')
  if (!(timeoutMs >= 1 && timeoutMs <= 5000)) throw new TypeError('"timeoutMs" must be 1 to 5000')
  if (!(restMs >= 1 && restMs <= 60_000)) throw new TypeError('"restMs" must be 1 to 60000')
  return options
}
