/** A clock that is moved by hand, with the timers that hang on it. */
export interface FakeClock {
  now(): number
  after(ms: number, run: () => void): { cancel(): void }
  /** Moves on, runs what is due in order, and lets promises settle in between. */
  advance(ms: number): Promise<void>
  /** Sets the time of day without running a timer: the user corrects the clock, or the app sleeps. */
  shift(ms: number): void
  /** How many timers are waiting. */
  waiting(): number
}

/** Lets everything that needs no time happen. */
export function settle(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

export function createFakeClock(start = Date.UTC(2026, 10, 21)): FakeClock {
  let wall = start
  let elapsed = 0
  let timers: readonly { readonly due: number; readonly run: () => void }[] = []

  function nextDue(until: number) {
    const due = timers.filter(timer => timer.due <= until).sort((a, b) => a.due - b.due)[0]
    if (due) timers = timers.filter(timer => timer !== due)
    return due
  }

  function moveTo(point: number) {
    wall += point - elapsed
    elapsed = point
  }

  return {
    now: () => wall,
    after(ms, run) {
      const timer = { due: elapsed + ms, run }
      timers = [...timers, timer]
      return {
        cancel() {
          timers = timers.filter(one => one !== timer)
        },
      }
    },
    async advance(ms) {
      const until = elapsed + ms
      await settle()
      for (let timer = nextDue(until); timer; timer = nextDue(until)) {
        moveTo(Math.max(elapsed, timer.due))
        timer.run()
        await settle()
      }
      moveTo(until)
    },
    shift(ms) {
      wall += ms
    },
    waiting: () => timers.length,
  }
}
