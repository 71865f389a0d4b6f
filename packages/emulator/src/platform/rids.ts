import type { EmulatorClock } from '../types.ts'
import type { Memory } from './memory.ts'

/** What getRidInfo tells about a call that was refused, secrets blanked out. */
export interface RidRecord {
  readonly rid: string
  /** The app that called; null when the call did not prove one. */
  readonly appId: string | null
  readonly path: string
  readonly at: number
  readonly query: string
  readonly body: string
  readonly response: string
  readonly ip: string
}

/** The calls that were answered with a rid, for seven days. */
export interface Rids {
  add(record: RidRecord): void
  find(rid: string): RidRecord | undefined
}

export const RID_LIFE_MS = 604_800_000
/** More refusals than this are not remembered. */
const KEPT = 10_000

export function createRids({ clock, memory }: { readonly clock: EmulatorClock; readonly memory: Memory }): Rids {
  const { records } = memory.part('rids', () => ({ records: new Map<string, RidRecord>() }))

  /** Insertion order is order of time, so the first ones are the oldest. */
  function forgetOld(): void {
    for (const [rid, { at }] of records) {
      if (records.size <= KEPT && clock.now() - at <= RID_LIFE_MS) return
      records.delete(rid)
    }
  }

  return {
    add(record) {
      records.set(record.rid, record)
      forgetOld()
    },
    find: rid => records.get(rid),
  }
}
