/** WeChat counts its days and months in China. */
const CHINA_OFFSET_MS = 28_800_000
const DAY_MS = 86_400_000

/** Number of the day in China. */
export function chinaDay(now: number): number {
  return Math.floor((now + CHINA_OFFSET_MS) / DAY_MS)
}

/** The month in China, such as `2026-11`. */
export function chinaMonth(now: number): string {
  return new Date(now + CHINA_OFFSET_MS).toISOString().slice(0, 7)
}
