import { beijingDay } from './beijing-day.ts'

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

/** The longest time that is told at all. */
export const longestPeriod = 400 * day

/**
 * Widens a time to whole hours, or to whole days when it is longer than seven.
 *
 * @example
 * wholePeriod({ from: 1_800_000, to: 3_600_000 }) // { unit: 'hour', from: 0, to: 3600000 }
 */
export function wholePeriod({ from, to }: { readonly from: number; readonly to: number }): WholePeriod {
  const unit = to - from > hourly ? 'day' : 'hour'
  const beginOf = (at: number) => (unit === 'day' ? beijingDay(at).until - day : Math.floor(at / hour) * hour)
  const last = beginOf(to - 1)
  return { unit, from: beginOf(from), to: last + (unit === 'day' ? day : hour) }
}
