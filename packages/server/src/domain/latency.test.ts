import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type LatencyCounts,
  latencyBounds,
  latencyBucket,
  latencyBuckets,
  latencyError,
  latencyFigures,
  percentile,
} from './latency.ts'

const time = fc.oneof(fc.integer({ min: 0, max: 65_000 }), fc.double({ min: 0, max: 65_000, noNaN: true }))
const share = fc.constantFrom(0.01, 0.5, 0.95, 0.99, 1)

function counted(times: readonly number[]): LatencyCounts {
  const counts = new Map<number, number>()
  for (const ms of times) counts.set(latencyBucket(ms), (counts.get(latencyBucket(ms)) ?? 0) + 1)
  return counts
}

function added(...parts: readonly LatencyCounts[]): LatencyCounts {
  const sum = new Map<number, number>()
  for (const [bucket, count] of parts.flatMap(part => [...part])) sum.set(bucket, (sum.get(bucket) ?? 0) + count)
  return sum
}

/** By sorting, as the definition says. */
function exact(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b)
  return sorted[Math.max(Math.ceil(share * sorted.length), 1) - 1] ?? 0
}

test('buckets follow on each other without a gap, and a longer time is in no earlier one', () => {
  for (let bucket = 1; bucket < latencyBuckets; bucket += 1)
    expect(latencyBounds(bucket)[0]).toBe(latencyBounds(bucket - 1)[1])
  fc.assert(
    fc.property(time, time, (a, b) => {
      expect(latencyBucket(Math.max(a, b))).toBeGreaterThanOrEqual(latencyBucket(Math.min(a, b)))
    }),
  )
})

test('a percentile is at most 12.3 % off the exact one, and half a millisecond below 1 ms', () => {
  expect(latencyError).toBeLessThan(0.123)
  fc.assert(
    fc.property(fc.array(time, { minLength: 1, maxLength: 200 }), share, (times, share) => {
      const truth = exact(times, share)
      const bound = truth < 1 ? 0.5 : truth * latencyError + 1e-6
      expect(Math.abs(percentile(counted(times), share) - truth)).toBeLessThanOrEqual(bound)
    }),
  )
})

test('what several processes counted, added up in any order, is what one would have counted', () => {
  const times = fc.array(time, { maxLength: 60 })
  fc.assert(
    fc.property(times, times, times, (a, b, c) => {
      const whole = latencyFigures(counted([...a, ...b, ...c]))
      expect(latencyFigures(added(added(counted(a), counted(b)), counted(c)))).toEqual(whole)
      expect(latencyFigures(added(counted(c), added(counted(b), counted(a))))).toEqual(whole)
    }),
  )
})

test('percentiles do not fall, and what cannot be a time is the shortest', () => {
  fc.assert(
    fc.property(fc.array(time, { minLength: 1 }), times => {
      const { count, p50, p95, p99 } = latencyFigures(counted(times))
      expect(count).toBe(times.length)
      expect(p50 <= p95 && p95 <= p99).toBe(true)
    }),
  )
  for (const ms of [-5, Number.NaN, 0]) expect(latencyBucket(ms)).toBe(0)
  expect(latencyBucket(1e12)).toBe(latencyBuckets - 1)
  expect(percentile(counted([1e12]), 0.5)).toBe(2 ** 16)
  expect(latencyFigures(new Map())).toEqual({ count: 0, p50: 0, p95: 0, p99: 0 })
})
