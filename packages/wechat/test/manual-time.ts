import type { Timer } from '../src/index.ts'

/** Time that moves only when a test says so; the time of day and the timer move together. */
export function createManualTime(startAt = 1_790_000_000_000) {
  let now = startAt
  let waiting: { at: number; run: () => void }[] = []

  const timer: Timer = {
    now: () => now,
    after(ms, run) {
      const entry = { at: now + ms, run }
      waiting.push(entry)
      return () => {
        waiting = waiting.filter(other => other !== entry)
      }
    },
  }

  function fireNext(): void {
    const next = waiting.reduce((a, b) => (b.at < a.at ? b : a))
    waiting = waiting.filter(entry => entry !== next)
    now = Math.max(now, next.at)
    next.run()
  }

  return {
    timer,
    clock: { now: () => now },
    /** Lets `ms` pass at once; what waited for that long runs in order. */
    async pass(ms: number): Promise<void> {
      const until = now + ms
      while (waiting.some(entry => entry.at <= until)) {
        fireNext()
        await idle()
      }
      now = until
      await idle()
    },
    /** The result of `work`; time passes only while nothing else can happen. */
    async finish<T>(work: Promise<T>): Promise<T> {
      let isDone = false
      const done = () => {
        isDone = true
      }
      work.then(done, done)
      for (;;) {
        await idle()
        if (isDone) return work
        if (waiting.length === 0) throw new Error('the work waits for something other than time')
        fireNext()
      }
    },
  }
}

/** Until everything that can go on without time has gone on. */
export async function idle(): Promise<void> {
  for (let round = 0; round < 10; round += 1) await new Promise(setImmediate)
}
