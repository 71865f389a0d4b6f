import type { Limiter } from '../ports/limiter.ts'

/** Keys in mind; about 100 bytes each. The one that was not seen for longest goes first. */
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
  /** The one that was not seen for longest comes first. */
  const emptyAt = new Map<string, number>()
  return {
    take(key, { requests, windowMs }, now) {
      const each = windowMs / requests
      const from = Math.min(Math.max(emptyAt.get(key) ?? now, now), now + windowMs)
      const wait = from + each - windowMs - now
      if (wait > 0.001) return { status: 'refused', retryAfterMs: Math.ceil(wait) }
      emptyAt.delete(key)
      emptyAt.set(key, from + each)
      if (emptyAt.size > mostKeys) forgetOldest(emptyAt)
      return { status: 'taken' }
    },
  }
}

function forgetOldest(keys: Map<string, number>): void {
  for (const key of keys.keys()) {
    keys.delete(key)
    return
  }
}
