import type { EmulatorClock } from '../types.ts'

/** A clock that can be moved forward, never back: WeChat's own clock does not go back either. */
export interface MovableClock extends EmulatorClock {
  /** Whether the time passes by itself; false when the clock came from outside. */
  readonly runs: boolean
  advance(ms: number): void
  /** Takes all advances back; only for a reset of everything. */
  restart(): void
  /** To this time, back too; only when everything is restored with it. */
  set(now: number): void
}

/** Without `source` the clock starts at the system time and runs with it. */
export function createMovableClock(source?: EmulatorClock): MovableClock {
  let moved = 0
  const unmoved = () => (source ? source.now() : Date.now())
  return {
    runs: source === undefined,
    now: () => unmoved() + moved,
    advance(ms) {
      moved += ms
    },
    restart() {
      moved = 0
    },
    set(now) {
      moved = now - unmoved()
    },
  }
}
