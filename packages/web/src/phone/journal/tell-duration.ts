/**
 * A duration as short as it can be read.
 *
 * @example
 * tellDuration(601_000) // '10:01'
 */
export function tellDuration(ms: number): string {
  if (ms < 1000) return `${ms} ms`
  const tenths = Math.round(ms / 100)
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
