/** What became of the breaker of one app. */
export interface BreakerEvent {
  readonly appId: string
  /** `open`: WeChat is not asked for this app for some seconds; `closed`: it answers again. */
  readonly state: 'open' | 'closed'
}

/** Keeps calls of an app from WeChat while it does not answer them. */
export interface Breaker {
  /** 0: ask. Otherwise the milliseconds after which asking may help. */
  enter(appId: string, now: number): number
  /** What became of an attempt that `enter` let through. An errcode is an answer. */
  settle(appId: string, isAnswered: boolean, now: number): void
}

interface Circuit {
  /** Attempts in a row without an answer, and when the first of them ended. */
  failed: number
  since: number
  /** 0: closed. */
  openUntil: number
  /** Until when the attempt that finds out is waited for. */
  probeUntil: number
}

/** So many attempts in a row without an answer open it, */
const failures = 5
/** if they are spread over this long: connections that break all at once are soon made anew. */
const spreadMs = 200
const openMs = 5_000

/**
 * One circuit breaker for each app, so that one whose calls hang takes nothing from the others. It opens after five
 * attempts in a row without an answer, refuses for five seconds, and then lets one attempt find out. Pure: `now` is of
 * one clock that never jumps.
 */
export function createBreaker(tell: (event: BreakerEvent) => void): Breaker {
  const circuits = new Map<string, Circuit>()

  function open(appId: string, circuit: Circuit, now: number): void {
    Object.assign(circuit, fresh(now), { openUntil: now + openMs })
    tell({ appId, state: 'open' })
  }

  return {
    enter(appId, now) {
      const circuit = circuits.get(appId)
      if (!circuit || circuit.openUntil === 0) return 0
      if (now < circuit.openUntil) return circuit.openUntil - now
      if (now < circuit.probeUntil) return 1000
      circuit.probeUntil = now + openMs
      return 0
    },
    settle(appId, isAnswered, now) {
      const circuit = circuits.get(appId) ?? fresh(now)
      circuits.set(appId, circuit)
      // An attempt from before it opened says nothing new.
      if (now < circuit.openUntil) return
      if (circuit.openUntil > 0) {
        if (!isAnswered) return open(appId, circuit, now)
        Object.assign(circuit, fresh(now))
        return tell({ appId, state: 'closed' })
      }
      if (isAnswered) circuit.failed = 0
      else if (circuit.failed === 0) Object.assign(circuit, { failed: 1, since: now })
      else circuit.failed += 1
      if (circuit.failed >= failures && now - circuit.since >= spreadMs) open(appId, circuit, now)
    },
  }
}

const fresh = (now: number): Circuit => ({ failed: 0, since: now, openUntil: 0, probeUntil: 0 })
