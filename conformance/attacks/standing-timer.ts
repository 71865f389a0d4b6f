import type { Timer } from '@weapp-auth/server'

/** A timer whose time stands still until somebody lets it ring. */
export interface StandingTimer extends Timer {
  /** How long those who wait asked to wait, in milliseconds. */
  waits(): readonly number[]
  /** Goes on by as much as the first of them asked for, and tells it. */
  ring(): void
}

export function createStandingTimer(): StandingTimer {
  let now = 0
  const waiting: { readonly ms: number; readonly run: () => void }[] = []
  return {
    now: () => now,
    after(ms, run) {
      const one = { ms, run }
      waiting.push(one)
      return () => void waiting.splice(waiting.indexOf(one), 1)
    },
    waits: () => waiting.map(({ ms }) => ms),
    ring() {
      const first = waiting.shift()
      now += first?.ms ?? 0
      first?.run()
    },
  }
}
