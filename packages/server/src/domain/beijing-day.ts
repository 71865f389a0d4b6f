const hour = 3_600_000
const day = 24 * hour

/**
 * The day in Beijing, as WeChat counts and bills: its number since 1970, and when it ends.
 *
 * @example
 * beijingDay(Date.parse('2026-11-21T16:00:00Z')).until // 2026-11-22T16:00:00Z in milliseconds
 */
export function beijingDay(now: number): { readonly day: number; readonly until: number } {
  const number = Math.floor((now + 8 * hour) / day)
  return { day: number, until: (number + 1) * day - 8 * hour }
}
