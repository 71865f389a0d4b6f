import type { MovableClock } from './movable-clock.ts'

/** Timers of the emulated phones. */
export interface ClockTimers {
  /** Calls `run` once when `ms` have passed by the emulator's clock. Returns what cancels it. */
  after(ms: number, run: () => void): () => void
  /** Runs what became due because the clock was moved, oldest first; call it after moving the clock. */
  wake(): void
  /** Ends all timers; later ones never start. */
  close(): void
}

interface Waiting {
  readonly due: number
  readonly run: () => void
  host: NodeJS.Timeout | undefined
}

/**
 * Timers that obey the emulator's clock. On a clock of our own they also fire as time passes; on a clock from outside
 * only `wake` and timers that are due at once fire, so a test with a frozen clock waits for nothing.
 */
export function createClockTimers(clock: MovableClock): ClockTimers {
  const waiting = new Set<Waiting>()
  let closed = false

  function fire(timer: Waiting): void {
    if (!waiting.delete(timer)) return
    clearTimeout(timer.host)
    timer.run()
  }

  function after(ms: number, run: () => void): () => void {
    if (closed) return () => {}
    const wait = Math.max(0, ms)
    const timer: Waiting = { due: clock.now() + wait, run, host: undefined }
    waiting.add(timer)
    if (wait === 0 || clock.runs) {
      timer.host = setTimeout(() => fire(timer), Math.min(wait, 2_147_483_647))
      timer.host.unref()
    }
    return () => {
      waiting.delete(timer)
      clearTimeout(timer.host)
    }
  }

  return {
    after,
    wake() {
      const now = clock.now()
      for (const timer of [...waiting].filter(one => one.due <= now).sort((a, b) => a.due - b.due)) fire(timer)
    },
    close() {
      closed = true
      for (const timer of waiting) clearTimeout(timer.host)
      waiting.clear()
    },
  }
}
