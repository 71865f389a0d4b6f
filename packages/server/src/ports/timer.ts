/** Where waiting comes from; separate from the clock, because the time of day may jump. */
export interface Timer {
  /** Milliseconds of a clock that never jumps; only differences mean something. */
  now(): number
  /** Runs `run` after `ms` milliseconds, unless the returned function is called first. */
  after(ms: number, run: () => void): () => void
}

/** The timer of this machine. */
export const systemTimer: Timer = {
  now: () => performance.now(),
  after(ms, run) {
    const handle = setTimeout(run, ms)
    return () => clearTimeout(handle)
  },
}
