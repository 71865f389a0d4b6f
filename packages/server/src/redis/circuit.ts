import type { Timer } from '../ports/timer.ts'

/** Redis is away, or is there again. Told once each. */
export type RedisEvent =
  /** `reason`: `timeout`, the code of a connection that failed (`ECONNREFUSED`), or Redis's own first word (`NOAUTH`). */
  { readonly type: 'redis-away'; readonly reason: string } | { readonly type: 'redis-back'; readonly awayMs: number }

export interface CircuitTools {
  /** Milliseconds that an answer may take. */
  readonly timeoutMs: number
  /** Milliseconds in which nobody asks, after a question that failed. */
  readonly restMs: number
  readonly timer: Timer
  readonly tell: (event: RedisEvent) => void
  /** Why the connection broke last, for questions that fail because there is none. */
  readonly lastError: () => unknown
}

/** Asks something that may be away; `null` while it is. Never rejects. */
export type Circuit = <T>(ask: () => Promise<T>) => Promise<{ readonly value: T } | null>

/**
 * A Redis that refuses, hangs or is slow costs one question of `timeoutMs` in each `restMs`; everybody else goes on
 * without it at once.
 */
export function createCircuit({ timeoutMs, restMs, timer, tell, lastError }: CircuitTools): Circuit {
  let awaySince: number | null = null
  let probeFrom = 0

  function close(since: number): void {
    awaySince = null
    tell({ type: 'redis-back', awayMs: timer.now() - since })
  }

  function open(error: unknown): void {
    probeFrom = timer.now() + restMs
    if (awaySince !== null) return
    awaySince = timer.now()
    tell({ type: 'redis-away', reason: wordOf(error) ?? wordOf(lastError()) ?? 'failed' })
  }

  return async ask => {
    // Answers to questions from before say nothing of now: only the one that probes closes the circuit again.
    const probing = awaySince
    if (probing !== null && timer.now() < probeFrom) return null
    if (probing !== null) probeFrom = timer.now() + timeoutMs + restMs
    try {
      const value = await within(ask, timeoutMs, timer)
      if (probing !== null) close(probing)
      return { value }
    } catch (error) {
      if (probing !== null || awaySince === null) open(error)
      return null
    }
  }
}

class TookTooLong extends Error {
  readonly code = 'timeout'
}

function within<T>(ask: () => Promise<T>, ms: number, timer: Timer): Promise<T> {
  return new Promise((resolve, reject) => {
    const settled = timer.after(ms, () => reject(new TookTooLong()))
    ask().then(resolve, reject).finally(settled)
  })
}

/** A word, never the whole text of an error: that may quote a command with its arguments. */
function wordOf(error: unknown): string | null {
  const { code, message } = Object(error) as { readonly code?: unknown; readonly message?: unknown }
  if (typeof code === 'string') return code
  return /^[A-Z]{2,20}\b/.exec(String(message))?.[0] ?? null
}
