import { beijingDay } from './beijing-day.ts'
import { limits } from './limits.ts'

const hour = 3_600_000
const day = 24 * hour

/** A time in whole hours or whole days of Beijing; milliseconds since 1970, `to` not included. */
export interface WholePeriod {
  readonly unit: 'hour' | 'day'
  readonly from: number
  readonly to: number
}

/** The longest time that is told by the hour. */
const hourly = 7 * day

/** How long ago hours may be; a day less than they are kept, so that none is missing. */
const hoursKept = limits.hourTally - day

/** The longest time that is told at all. */
export const longestPeriod = limits.tally

/**
 * Widens a time to whole hours, or to whole days when it is longer than seven or began so long ago that its hours are gone.
 *
 * @example
 * wholePeriod({ from: 1_800_000, to: 3_600_000 }, 7_200_000) // { unit: 'hour', from: 0, to: 3600000 }
 */
export function wholePeriod({ from, to }: { readonly from: number; readonly to: number }, now: number): WholePeriod {
  const unit = to - from > hourly || from < now - hoursKept ? 'day' : 'hour'
  const beginOf = (at: number) => (unit === 'day' ? beijingDay(at).until - day : Math.floor(at / hour) * hour)
  const last = beginOf(to - 1)
  return { unit, from: beginOf(from), to: last + (unit === 'day' ? day : hour) }
}
