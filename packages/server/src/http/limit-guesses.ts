import { operatorFailures } from '../domain/limits.ts'
import { RateLimited } from '../domain/problem-error.ts'
import type { Clock } from '../ports/clock.ts'
import type { Limiter } from '../ports/limiter.ts'

/**
 * After ten failures from one address within a quarter of an hour everything from there is refused for a while, what is
 * right too: otherwise guessing would go on. An address that is not known is not counted, see `clientAddress`.
 */
export interface LimitGuesses {
  /** Throws RateLimited. */
  check(ip: string | null): void
  /** Throws RateLimited when it was one too many. */
  failed(ip: string | null): Promise<void>
}

/** Addresses that are remembered as refused; beyond that the oldest is forgotten. */
const mostRefused = 10_000

export function createLimitGuesses({
  limiter,
  clock,
}: {
  readonly limiter: Limiter
  readonly clock: Clock
}): LimitGuesses {
  const refusedUntil = new Map<string, number>()

  return {
    check(ip) {
      if (ip === null) return
      const left = (refusedUntil.get(ip) ?? 0) - clock.now()
      if (left > 0) throw new RateLimited('operators', operatorFailures, left)
      refusedUntil.delete(ip)
    },
    async failed(ip) {
      if (ip === null) return
      const now = clock.now()
      const taken = await limiter.take(`operator ${ip}`, operatorFailures, now)
      if (taken.status === 'taken') return
      const [oldest] = refusedUntil.size >= mostRefused ? refusedUntil.keys() : []
      if (oldest !== undefined) refusedUntil.delete(oldest)
      refusedUntil.set(ip, now + taken.retryAfterMs)
      throw new RateLimited('operators', operatorFailures, taken.retryAfterMs)
    },
  }
}
