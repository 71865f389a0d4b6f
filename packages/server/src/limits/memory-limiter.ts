import type { Limiter } from '../ports/limiter.ts'

/** Keys in mind; about 100 bytes each. The one that came first goes first. */
const mostKeys = 100_000
/** Of a request: what adding fractions may be wrong by. */
const tiny = 1e-6

/**
 * A limiter in the memory of this process: a leaky bucket (ITU-T I.371, annex A), which holds what was taken and leaks
 * evenly. A clock that is set back makes nobody wait longer than the window.
 *
 * @example
 * const limiter = createMemoryLimiter()
 * limiter.take('ip 203.0.113.7', { requests: 600, windowMs: 60_000 }, Date.now()) // { status: 'taken' }
 */
export function createMemoryLimiter(): Limiter {
  const buckets = new Map<string, { level: number; at: number }>()
  return {
    take(key, { requests, windowMs }, now) {
      const each = windowMs / requests
      const bucket = buckets.get(key) ?? { level: 0, at: now }
      // Ahead of now: another caller's clock. Far ahead: the clock was set back.
      const at = bucket.at > now + windowMs ? now : bucket.at
      const level = Math.max(0, bucket.level - Math.max(0, now - at) / each)
      const over = level + 1 - requests
      if (over > tiny) {
        // A clock that was set back is noticed once; from then on the bucket leaks by it.
        bucket.at = at
        return { status: 'refused', retryAfterMs: Math.ceil(over * each + Math.max(0, at - now)) }
      }
      bucket.level = level + 1
      bucket.at = Math.max(at, now)
      buckets.set(key, bucket)
      if (buckets.size > mostKeys) forgetFirst(buckets)
      return { status: 'taken' }
    },
  }
}

function forgetFirst(buckets: Map<string, unknown>): void {
  for (const key of buckets.keys()) {
    buckets.delete(key)
    return
  }
}
