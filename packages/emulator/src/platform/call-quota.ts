import type { EmulatorClock } from '../types.ts'

/** Counts calls per calendar minute or second. */
export interface CallQuota {
  /** Takes one call of `name`; false when there was none left in this period. */
  take(name: string): boolean
}

export function createCallQuota(
  clock: EmulatorClock,
  { calls, perMs }: { readonly calls: number; readonly perMs: number },
): CallQuota {
  let period = 0
  let counts = new Map<string, number>()
  return {
    take(name) {
      const now = Math.floor(clock.now() / perMs)
      if (now !== period) {
        period = now
        counts = new Map()
      }
      const count = (counts.get(name) ?? 0) + 1
      counts.set(name, count)
      return count <= calls
    },
  }
}
