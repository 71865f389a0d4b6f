import type { Timer } from '../src/ports/timer.ts'

/** A timer that stands still until it is told to go on. */
export interface ManualTimer extends Timer {
  /** Goes on without ringing: work that takes this long. */
  pass(ms: number): void
  /** How many wait for it. */
  waiting(): number
  /** Goes to the next ring and rings; false when nobody waits. */
  ring(): boolean
  /** Rings whenever somebody waits, until `over` is settled. */
  runOut(over: Promise<unknown>): Promise<void>
}

/**
 * @example
 * const timer = createManualTimer(0)
 * timer.after(5, () => {})
 * timer.ring() // true, and now() is 5
 */
export function createManualTimer(startAt: number): ManualTimer {
  let now = startAt
  const waiting = new Set<{ readonly at: number; readonly run: () => void }>()

  const timer: ManualTimer = {
    now: () => now,
    after(ms, run) {
      const one = { at: now + ms, run }
      waiting.add(one)
      return () => void waiting.delete(one)
    },
    pass(ms) {
      now += ms
    },
    waiting: () => waiting.size,
    ring() {
      const [next] = [...waiting].sort((a, b) => a.at - b.at)
      if (!next) return false
      waiting.delete(next)
      now = Math.max(now, next.at)
      next.run()
      return true
    },
    async runOut(over) {
      let isOver = false
      const settled = () => {
        isOver = true
      }
      over.then(settled, settled)
      while (!isOver) {
        timer.ring()
        await new Promise<void>(resolve => void setImmediate(resolve))
      }
    },
  }
  return timer
}
