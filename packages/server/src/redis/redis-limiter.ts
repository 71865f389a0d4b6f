import { createHash } from 'node:crypto'
import type { Limiter } from '../ports/limiter.ts'
import type { Circuit } from './circuit.ts'
import type { RedisClient } from './redis-client.ts'

export interface RedisLimiterTools {
  readonly redis: RedisClient
  readonly circuit: Circuit
  readonly prefix: string
  /** Counts while Redis is away. */
  readonly meanwhile: Limiter
}

/** Added to the life of a counter, because the clocks of two instances may differ. */
const slackMs = 10_000

/**
 * The bucket of the memory limiter, number for number. It answers how many milliseconds to wait, 0 for taken. The time
 * is the caller's, so that it is the same time as everywhere else in the server.
 */
const script = `
local requests, now, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local each = window / requests
local kept = redis.call('hmget', KEYS[1], 'level', 'at')
local at = tonumber(kept[2] or now)
if at > now + window then at = now end
local level = math.max(0, tonumber(kept[1] or 0) - math.max(0, now - at) / each)
local over = level + 1 - requests
if over > 1e-6 then
  if kept[2] and at < tonumber(kept[2]) then redis.call('hset', KEYS[1], 'at', string.format('%.17g', at)) end
  return math.max(1, math.ceil(over * each + math.max(0, at - now)))
end
redis.call('hset', KEYS[1], 'level', string.format('%.17g', level + 1), 'at', string.format('%.17g', math.max(at, now)))
redis.call('pexpire', KEYS[1], math.ceil(window) + ${slackMs})
return 0`
const sha = createHash('sha1').update(script).digest('hex')

/**
 * A limiter that all instances share. While Redis is away each instance counts on its own, from nothing: abuse gets one
 * more burst of each limit on each instance, and nobody else notices.
 */
export function createRedisLimiter({ redis, circuit, prefix, meanwhile }: RedisLimiterTools): Limiter {
  async function waitFor(args: readonly string[]): Promise<number> {
    const answer = redis.call('EVALSHA', sha, '1', ...args).catch(error => {
      if (!/^NOSCRIPT/.test(String(error?.message))) throw error
      return redis.call('EVAL', script, '1', ...args)
    })
    return Number(await answer)
  }

  return {
    async take(key, rate, now) {
      const args = [`${prefix}limit:${key}`, String(rate.requests), String(now), String(rate.windowMs)]
      const answered = await circuit(() => waitFor(args))
      if (!answered) return meanwhile.take(key, rate, now)
      const { value: retryAfterMs } = answered
      return retryAfterMs > 0 ? { status: 'refused', retryAfterMs } : { status: 'taken' }
    },
  }
}
