/** One clock and one line of timers for everybody in a play: hours of it cost milliseconds. */
export interface VirtualTime {
  /** Milliseconds since 1970. */
  now(): number
  /** Calls `run` once after `ms`. Returns what cancels it. */
  after(ms: number, run: () => void): () => void
  wait(ms: number): Promise<void>
  /** Runs the script and moves the time from one timer to the next until the script has ended. */
  play<T>(script: () => Promise<T>): Promise<T>
}

interface Timer {
  readonly due: number
  readonly run: () => void
}

/**
 * Time moves only while nobody has anything to do, so a play depends on nothing but its input.
 *
 * @throws Error from `play` when the script waits for something that no timer will bring
 */
export function createVirtualTime(start: number): VirtualTime {
  let now = start
  /** Sorted, the next one last; timers of the same moment in the order in which they were set. */
  let line: Timer[] = []

  function after(ms: number, run: () => void): () => void {
    const timer = { due: now + Math.max(0, ms), run }
    let at = line.length
    while (at > 0 && (line[at - 1]?.due ?? 0) <= timer.due) at -= 1
    line.splice(at, 0, timer)
    return () => {
      line = line.filter(one => one !== timer)
    }
  }

  return {
    now: () => now,
    after,
    wait: ms => new Promise(resolve => void after(ms, resolve)),
    async play(script) {
      let over = false
      const result = script().finally(() => {
        over = true
      })
      // Its rejection is told by the last line.
      result.catch(() => {})
      await quiet()
      while (!over) {
        const next = line.pop()
        if (!next) throw new Error('the script waits for something that never comes')
        now = next.due
        next.run()
        await quiet()
      }
      return result
    },
  }
}

/** Everything in the play is promises and synchronous crypto: after one turn of the event loop nobody is busy. */
const quiet = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
