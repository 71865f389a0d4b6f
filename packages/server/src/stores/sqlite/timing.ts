/** When waiting work is done; tests bring their own. */
export interface Timing {
  /** Milliseconds that only grow. */
  now(): number
  /** Runs `task` at the end of this turn of the event loop, or `delayMs` later; the answer calls it off. */
  after(delayMs: number, task: () => void): () => void
}

/** The timers of Node. */
export const realTiming: Timing = {
  now: () => performance.now(),
  after(delayMs, task) {
    if (delayMs <= 0) {
      const turn = setImmediate(task)
      return () => clearImmediate(turn)
    }
    const timer = setTimeout(task, delayMs)
    return () => clearTimeout(timer)
  },
}
