import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Rate } from '../ports/limiter.ts'
import { createMemoryLimiter } from './memory-limiter.ts'

const runs = process.env.WEAPP_AUTH_LONG ? 250_000 : 10_000

const rate = fc.record({ requests: fc.integer({ min: 1, max: 50 }), windowMs: fc.integer({ min: 1, max: 120_000 }) })
const step = fc.record({
  key: fc.constantFrom('a', 'b'),
  tries: fc.integer({ min: 1, max: 30 }),
  later: fc.oneof(
    { weight: 4, arbitrary: fc.nat(50) },
    { weight: 2, arbitrary: fc.nat(200_000) },
    { weight: 1, arbitrary: fc.double({ min: 0, max: 3, noNaN: true }) },
  ),
})

/** Of one key: when one was taken. */
type Taken = readonly number[]

/**
 * In any stretch of time not more than the rate and what it gives back meanwhile; one more at the most, for where the
 * stretch begins and ends.
 */
function mostOver(taken: Taken, { requests, windowMs }: Rate): number {
  let most = -Infinity
  for (let from = 0; from < taken.length; from += 1)
    for (let to = from; to < taken.length; to += 1) {
      const allowed = requests + ((taken[to] ?? 0) - (taken[from] ?? 0)) * (requests / windowMs)
      most = Math.max(most, to - from + 1 - allowed)
    }
  return most
}

test('in any stretch of time no key gets more than its rate, whoever else tries; and who is told when, is served then', {
  timeout: 3_600_000,
}, async () => {
  let refusals = 0
  const property = fc.asyncProperty(rate, fc.array(step, { minLength: 1, maxLength: 12 }), async (rate, steps) => {
    const limiter = createMemoryLimiter()
    const alone = createMemoryLimiter()
    const taken: Record<string, number[]> = { a: [], b: [] }
    let now = 1_800_000_000_000
    for (const { key, tries, later } of steps) {
      now += later
      for (let one = 0; one < tries; one += 1) {
        const outcome = await limiter.take(key, rate, now)
        if (key === 'a' && (await alone.take('a', rate, now)).status !== outcome.status)
          throw new Error('b was counted')
        if (outcome.status === 'taken') {
          taken[key]?.push(now)
          continue
        }
        refusals += 1
        const { retryAfterMs } = outcome
        if (!(retryAfterMs >= 1 && retryAfterMs <= rate.windowMs + 1))
          throw new Error(`told to wait ${retryAfterMs} ms`)
      }
    }
    const all = Object.values(taken)
    if (!all.every(times => times.length === 0 || mostOver(times, rate) <= 1)) throw new Error('over the limit')
    const last = await limiter.take('a', rate, now)
    if (last.status === 'taken') return
    if ((await limiter.take('a', rate, now + last.retryAfterMs)).status !== 'taken') throw new Error('told too early')
  })
  await fc.assert(property, { numRuns: runs })
  expect(refusals).toBeGreaterThan(0)
})

test('a clock that jumps makes nobody wait longer than the window', { timeout: 3_600_000 }, async () => {
  const jump = fc.oneof(fc.nat(1000), fc.integer({ min: -10_000_000, max: 10_000_000 }))
  const property = fc.asyncProperty(rate, fc.array(jump, { minLength: 1, maxLength: 40 }), async (rate, jumps) => {
    const limiter = createMemoryLimiter()
    let now = 1_800_000_000_000
    for (const ms of jumps) {
      now += ms
      const outcome = await limiter.take('a', rate, now)
      if (outcome.status === 'taken') continue
      if (!(outcome.retryAfterMs >= 1 && outcome.retryAfterMs <= 2 * rate.windowMs)) throw new Error('waits too long')
      const again = await limiter.take('a', rate, now + outcome.retryAfterMs)
      if (again.status !== 'taken') throw new Error('told too early')
      now += outcome.retryAfterMs
    }
  })
  await fc.assert(property, { numRuns: runs / 5 })
})
