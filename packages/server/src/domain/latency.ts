/**
 * Times in buckets that add up: over processes, hours and apps the counts are added, and percentiles are read from the
 * sum. Three buckets for each doubling from 1 ms on, so a percentile is at most 12.3 % (2^(1/6) - 1) off the time it
 * stands for, whatever was measured; below 1 ms it is at most half a millisecond off. All from 65.5 s on are one bucket.
 */
const perDoubling = 3
const doublings = 16

/** How many buckets there are. */
export const latencyBuckets = doublings * perDoubling + 2

/** The largest error of a percentile between 1 ms and 65.5 s, as a share of the time. */
export const latencyError = 2 ** (1 / (2 * perDoubling)) - 1

/** How often each bucket was hit, by its number. */
export type LatencyCounts = ReadonlyMap<number, number>

/** Percentiles in milliseconds, and of how many times. */
export interface LatencyFigures {
  readonly count: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

/**
 * The bucket of a time in milliseconds.
 *
 * @example
 * latencyBucket(0.4) // 0
 */
export function latencyBucket(ms: number): number {
  if (!(ms >= 1)) return 0
  return Math.min(1 + Math.floor(Math.log2(ms) * perDoubling), latencyBuckets - 1)
}

/** The times between which a bucket lies; the second does not belong to it. */
export function latencyBounds(bucket: number): readonly [from: number, to: number] {
  if (bucket === 0) return [0, 1]
  const from = 2 ** ((bucket - 1) / perDoubling)
  return [from, bucket === latencyBuckets - 1 ? Number.POSITIVE_INFINITY : 2 ** (bucket / perDoubling)]
}

/**
 * The nearest rank: the time that `share` of all times do not exceed. Told as the middle of its bucket, and the last
 * bucket as where it begins; 0 when nothing was measured.
 *
 * @example
 * percentile(new Map([[0, 1]]), 0.95) // 0.5
 */
export function percentile(counts: LatencyCounts, share: number): number {
  const total = countOf(counts)
  const rank = Math.max(Math.ceil(share * total), 1)
  let passed = 0
  for (const [bucket, count] of [...counts].sort(([a], [b]) => a - b)) {
    passed += count
    if (passed >= rank) return middleOf(bucket)
  }
  return 0
}

/** What an overview shows, rounded to three digits. */
export function latencyFigures(counts: LatencyCounts): LatencyFigures {
  const at = (share: number) => Number(percentile(counts, share).toPrecision(3))
  return { count: countOf(counts), p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

function countOf(counts: LatencyCounts): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0)
}

/** The geometric middle is equally far from both ends, as a share. */
function middleOf(bucket: number): number {
  const [from, to] = latencyBounds(bucket)
  if (bucket === 0) return to / 2
  return Number.isFinite(to) ? Math.sqrt(from * to) : from
}
