/** Timers of one launch: they end with it, as WeChat's logic thread does. */
export interface Timers {
  readonly setTimeout: (run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => number
  readonly setInterval: (run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => number
  readonly clearTimeout: (id?: number) => void
  readonly clearInterval: (id?: number) => void
  /** Ends all of them; later ones never start. */
  readonly stop: () => void
}

export function createTimers(): Timers {
  const running = new Set<number>()
  let stopped = false
  const clear = (id?: number) => {
    if (id === undefined) return
    running.delete(id)
    window.clearTimeout(id)
  }
  const keep = (id: number) => {
    running.add(id)
    return id
  }
  return {
    setTimeout: (run, ms, ...args) => (stopped ? 0 : keep(window.setTimeout(run, ms, ...args))),
    setInterval: (run, ms, ...args) => (stopped ? 0 : keep(window.setInterval(run, ms, ...args))),
    clearTimeout: clear,
    clearInterval: clear,
    stop: () => {
      stopped = true
      for (const id of running) clear(id)
    },
  }
}
