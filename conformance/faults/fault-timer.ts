import type { Timer } from '@weapp-auth/wechat'

/** Time for WeChat's client: short pauses pass at once, time-outs when they are told to. */
export interface FaultTimer extends Timer {
  /** Lets so many milliseconds pass; what waited for that long runs. */
  pass(ms: number): void
}

/** Pauses between repetitions are shorter, time-outs longer. */
const longMs = 1000

export function createFaultTimer(): FaultTimer {
  let now = 0
  const waiting = new Set<{ readonly at: number; readonly run: () => void }>()

  function pass(ms: number): void {
    now += ms
    for (const entry of [...waiting].filter(({ at }) => at <= now)) {
      waiting.delete(entry)
      entry.run()
    }
  }

  return {
    now: () => now,
    after(ms, run) {
      const entry = { at: now + ms, run }
      waiting.add(entry)
      if (ms < longMs) setImmediate(() => waiting.has(entry) && pass(Math.max(0, entry.at - now)))
      return () => void waiting.delete(entry)
    },
    pass,
  }
}
