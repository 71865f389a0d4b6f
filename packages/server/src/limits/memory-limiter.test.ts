import { describe, expect, it } from 'vitest'
import { createMemoryLimiter } from './memory-limiter.ts'

const rate = { requests: 10, windowMs: 1000 }
const now = 1_800_000_000_000

/** How many of these tries are let through. */
function takenOf(limiter: ReturnType<typeof createMemoryLimiter>, tries: number, at: number, key = 'a'): number {
  const outcomes = Array.from({ length: tries }, () => limiter.take(key, rate, at))
  return outcomes.filter(outcome => 'status' in outcome && outcome.status === 'taken').length
}

describe('the memory limiter', () => {
  it('lets exactly so many through at once', () => {
    expect(takenOf(createMemoryLimiter(), 100, now)).toBe(10)
  })

  it('gives back evenly: one for each tenth of the window', () => {
    const limiter = createMemoryLimiter()
    takenOf(limiter, 100, now)
    expect(takenOf(limiter, 100, now + 99)).toBe(0)
    expect(takenOf(limiter, 100, now + 100)).toBe(1)
    expect(takenOf(limiter, 100, now + 350)).toBe(2)
    expect(takenOf(limiter, 100, now + 5000)).toBe(10)
  })

  it('says when the next one can be taken, and keeps its word', () => {
    const limiter = createMemoryLimiter()
    takenOf(limiter, 10, now)
    expect(limiter.take('a', rate, now + 30)).toEqual({ status: 'refused', retryAfterMs: 70 })
    expect(limiter.take('a', rate, now + 99)).toEqual({ status: 'refused', retryAfterMs: 1 })
    expect(limiter.take('a', rate, now + 100)).toEqual({ status: 'taken' })
  })

  it('is never over its limit in any window, whoever tries how often', () => {
    const limiter = createMemoryLimiter()
    let taken = 0
    for (let at = now; at < now + 10 * rate.windowMs; at += 7) taken += takenOf(limiter, 3, at)
    // The full burst, and then one for each tenth of the ten windows.
    expect(taken).toBe(10 + 99)
  })

  it('counts each key apart: who is refused does not hold others up', () => {
    const limiter = createMemoryLimiter()
    takenOf(limiter, 100, now)
    expect(takenOf(limiter, 1, now, 'b')).toBe(1)
  })

  it('makes nobody wait longer than the window when the clock is set back', () => {
    const limiter = createMemoryLimiter()
    takenOf(limiter, 100, now + 86_400_000)
    expect(limiter.take('a', rate, now)).toEqual({ status: 'refused', retryAfterMs: 100 })
  })

  it('forgets the key that came first when there are too many', () => {
    const limiter = createMemoryLimiter()
    takenOf(limiter, 10, now, 'first')
    takenOf(limiter, 10, now, 'second')
    for (let index = 0; index < 99_999; index += 1) limiter.take(`key ${index}`, rate, now)
    expect(takenOf(limiter, 1, now, 'second')).toBe(0)
    expect(takenOf(limiter, 1, now, 'first')).toBe(1)
  })
})
