import { limits } from './limits.ts'

/**
 * How far our clock is ahead of WeChat's (negative: behind), as far as the time of a tap tells it whose code WeChat has
 * just taken; `null` when nothing is wrong. A code lives five minutes, so an older tap cannot be, nor one that is to come.
 *
 * @example
 * skewOf(Date.now() - 11 * 60_000, Date.now()) // 660000
 */
export function skewOf(tappedAt: number, now: number): number | null {
  const aheadMs = now - tappedAt
  const isPossible = aheadMs >= -limits.clockSkew && aheadMs < limits.wechatCode + limits.clockSkew
  return isPossible ? null : aheadMs
}
