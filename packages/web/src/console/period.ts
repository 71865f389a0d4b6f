import type { Sentence } from '@weapp-auth/protocol/contract'

/** A time range that a page can show. */
export interface Range {
  readonly id: string
  readonly name: Sentence
  readonly hours: number
}

export const ranges = [
  { id: 'day', name: { zh: '24 小时', en: '24 hours' }, hours: 24 },
  { id: 'week', name: { zh: '7 天', en: '7 days' }, hours: 168 },
  { id: 'month', name: { zh: '30 天', en: '30 days' }, hours: 720 },
  { id: 'quarter', name: { zh: '90 天', en: '90 days' }, hours: 2160 },
] as const satisfies readonly Range[]

/**
 * `from` and `to` of the range that ends now; whole minutes, so that a page that draws again asks nothing new.
 *
 * @example
 * periodOf({ id: 'day', name, hours: 24 }, Date.now()).from
 */
export function periodOf({ hours }: Range, now: number): { readonly from: string; readonly to: string } {
  const to = Math.ceil(now / 60_000) * 60_000
  return { from: new Date(to - hours * 3_600_000).toISOString(), to: new Date(to).toISOString() }
}
