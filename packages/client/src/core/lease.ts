import type { Platform } from '../platform.ts'
import { isRecent } from './wait.ts'

/** Keeps `wx.login` away from a tap: a login may replace the key that the tap's ciphertext is made with. */
export interface Lease {
  /** Begins, or begins anew. Without a limit it lasts until it is released. */
  take(limitMs?: number): void
  release(): void
  held(): boolean
  /** Resolves when the lease was released or has run out; look at `held` again then. */
  over(): Promise<void>
}

/** How often a lease that somebody waits for is looked at. */
const tickMs = 5000

export function createLease(platform: Platform): Lease {
  const never = () => false
  let held: () => boolean = never
  let waiting: readonly (() => void)[] = []
  let timer: { cancel(): void } | null = null

  function release() {
    held = never
    timer?.cancel()
    timer = null
    const all = waiting
    waiting = []
    for (const go of all) go()
  }

  function tick() {
    if (held()) timer = platform.after(tickMs, tick)
    else release()
  }

  return {
    take(limitMs) {
      const since = platform.now()
      held = () => !limitMs || isRecent(platform, since, limitMs)
    },
    release,
    held: () => held(),
    over: () =>
      new Promise(resolve => {
        waiting = [...waiting, resolve]
        if (!timer) tick()
      }),
  }
}
