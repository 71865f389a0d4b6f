import { limits } from '../domain/limits.ts'
import type { ServerEvent } from '../ports/observer.ts'
import type { Timer } from '../ports/timer.ts'
import type { Circuit } from './circuit.ts'
import type { RedisClient } from './redis-client.ts'

export interface RevocationsTools {
  readonly redis: RedisClient
  readonly circuit: Circuit
  readonly prefix: string
  readonly timer: Timer
}

/** The sessions that ended before their access tokens did. */
export interface Revocations {
  /** For `observe` of `createServer`: publishes every session that ends. */
  server(event: ServerEvent): void
  /** For `revocations` of `createTokenVerifier`. `null`: Redis is away, so nobody can say. */
  isRevoked(sessionId: string): Promise<boolean | null>
}

/** Longer than any token of the session passes: its own life, and what a verifier may grant to wrong clocks. */
const lifeMs = limits.access + limits.clockSkew
/** Sessions that ended while Redis was away, to be published when it is back; those that came first go first. */
const mostUnsent = 10_000

/**
 * One key for each, `<prefix>ended:<session id>`, that goes by itself. The database stays the truth: what is lost here
 * (the process dies while Redis is away) makes a token pass elsewhere until it expires, ten minutes at most, and never
 * at the server itself.
 */
export function createRevocations({ redis, circuit, prefix, timer }: RevocationsTools) {
  const unsent = new Map<string, number>()
  const keyOf = (sessionId: string) => `${prefix}ended:${sessionId}`

  async function send(sessionId: string, until: number): Promise<boolean> {
    const ms = Math.ceil(until - timer.now())
    if (ms <= 0) return true
    return (await circuit(() => redis.call('SET', keyOf(sessionId), '1', 'PX', String(ms)))) !== null
  }

  async function publish(sessionId: string): Promise<void> {
    const until = timer.now() + lifeMs
    if (await send(sessionId, until)) return
    unsent.set(sessionId, until)
    const [first = sessionId] = unsent.keys()
    if (unsent.size > mostUnsent) unsent.delete(first)
  }

  const revocations: Revocations = {
    server(event) {
      if (event.type === 'session-ended') void publish(event.sessionId)
    },
    async isRevoked(sessionId) {
      const answered = await circuit(() => redis.call('EXISTS', keyOf(sessionId)))
      return answered && Number(answered.value) > 0
    },
  }
  return {
    revocations,
    /** Publishes what could not be published. */
    async resend(): Promise<void> {
      for (const [sessionId, until] of unsent) {
        if (!(await send(sessionId, until))) return
        unsent.delete(sessionId)
      }
    },
  }
}
