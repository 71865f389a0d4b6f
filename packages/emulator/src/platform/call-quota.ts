import type { EmulatorClock } from '../types.ts'
import type { Memory } from './memory.ts'

/** Counts calls per calendar minute or second. */
export interface CallQuota {
  /** Takes one call of `name`; false when there was none left in this period. */
  take(name: string): boolean
}

export function createCallQuota(
  { clock, memory }: { readonly clock: EmulatorClock; readonly memory: Memory },
  { name: part, calls, perMs }: { readonly name: string; readonly calls: number; readonly perMs: number },
): CallQuota {
  const own = memory.part(part, () => ({ period: 0, counts: new Map<string, number>() }))
  return {
    take(name) {
      const now = Math.floor(clock.now() / perMs)
      if (now !== own.period) {
        own.period = now
        own.counts = new Map()
      }
      const count = (own.counts.get(name) ?? 0) + 1
      own.counts.set(name, count)
      return count <= calls
    },
  }
}
