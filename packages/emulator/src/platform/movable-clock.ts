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

/** Without `source` the clock starts at `startAt`, by default the system time, and runs on by itself. */
export function createMovableClock(source?: EmulatorClock, startAt?: number): MovableClock {
  const unmoved = () => (source ? source.now() : Date.now())
  const start = () => (startAt === undefined ? 0 : startAt - unmoved())
  let moved = start()
  return {
    runs: source === undefined,
    now: () => unmoved() + moved,
    advance(ms) {
      moved += ms
    },
    restart() {
      moved = start()
    },
    set(now) {
      moved = now - unmoved()
    },
  }
}
