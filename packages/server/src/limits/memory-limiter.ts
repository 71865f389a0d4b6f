import type { Limiter } from '../ports/limiter.ts'

/** Keys in mind; about 100 bytes each. The one that came first goes first. */
const mostKeys = 100_000

/**
 * A limiter in the memory of this process: the generic cell rate algorithm (ITU-T I.371, annex A), one number for each
 * key, namely when it will be empty again. A clock that is set back makes nobody wait longer than the window.
 *
 * @example
 * const limiter = createMemoryLimiter()
 * limiter.take('ip 203.0.113.7', { requests: 600, windowMs: 60_000 }, Date.now()) // { status: 'taken' }
 */
export function createMemoryLimiter(): Limiter {
  const counters = new Map<string, { emptyAt: number }>()
  return {
    take(key, { requests, windowMs }, now) {
      const each = windowMs / requests
      const counter = counters.get(key) ?? { emptyAt: now }
      const from = Math.min(Math.max(counter.emptyAt, now), now + windowMs)
      const wait = from + each - windowMs - now
      if (wait > 0.001) return { status: 'refused', retryAfterMs: Math.ceil(wait) }
      counter.emptyAt = from + each
      counters.set(key, counter)
      if (counters.size > mostKeys) forgetFirst(counters)
      return { status: 'taken' }
    },
  }
}

function forgetFirst(counters: Map<string, unknown>): void {
  for (const key of counters.keys()) {
    counters.delete(key)
    return
  }
}
