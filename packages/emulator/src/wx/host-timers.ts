/** One-shot timers of the world around the phone. */
export interface HostTimers {
  /** Calls `run` once after `ms`. Returns what cancels it. */
  after(ms: number, run: () => void): () => void
}

/** The timers of the browser or of Node. */
export const realTimers: HostTimers = {
  after(ms, run) {
    const id = setTimeout(run, ms)
    return () => clearTimeout(id)
  },
}
