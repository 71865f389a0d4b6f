import { beforeEach, describe, expect, it } from 'vitest'
import vectors from '../../protocol/vectors/regressions/rate-limits.json' with { type: 'json' }
import type { Limiter } from '../src/ports/limiter.ts'

const rate = { requests: 10, windowMs: 1000 }
const now = 1_800_000_000_000

/** What every limiter holds. `open` answers one that has counted nothing. */
export function limiterContract(name: string, open: () => Limiter | Promise<Limiter>): void {
  describe(`the ${name} limiter`, () => {
    let limiter: Limiter
    beforeEach(async () => {
      limiter = await open()
    })

    /** How many of these tries are let through. */
    async function takenOf(tries: number, at: number, key = 'a'): Promise<number> {
      const outcomes = await Promise.all(Array.from({ length: tries }, () => limiter.take(key, rate, at)))
      return outcomes.filter(({ status }) => status === 'taken').length
    }

    it('lets exactly so many through at once', async () => {
      expect(await takenOf(100, now)).toBe(10)
    })

    it('gives back evenly: one for each tenth of the window', async () => {
      await takenOf(100, now)
      expect(await takenOf(100, now + 99)).toBe(0)
      expect(await takenOf(100, now + 100)).toBe(1)
      expect(await takenOf(100, now + 350)).toBe(2)
      expect(await takenOf(100, now + 5000)).toBe(10)
    })

    it('says when the next one can be taken, and keeps its word', async () => {
      await takenOf(10, now)
      expect(await limiter.take('a', rate, now + 30)).toEqual({ status: 'refused', retryAfterMs: 70 })
      expect(await limiter.take('a', rate, now + 99)).toEqual({ status: 'refused', retryAfterMs: 1 })
      expect(await limiter.take('a', rate, now + 100)).toEqual({ status: 'taken' })
    })

    it('is never over its limit in any window, whoever tries how often', async () => {
      let taken = 0
      for (let at = now; at < now + 10 * rate.windowMs; at += 7) taken += await takenOf(3, at)
      // The full burst, and then one for each tenth of the ten windows.
      expect(taken).toBe(10 + 99)
    })

    it('counts fractions of a millisecond as exactly as whole ones', async () => {
      const odd = { requests: 600, windowMs: 1000 }
      const outcomes = await Promise.all(Array.from({ length: 700 }, () => limiter.take('odd', odd, now)))
      expect(outcomes.filter(({ status }) => status === 'taken')).toHaveLength(600)
      expect(await limiter.take('odd', odd, now)).toEqual({ status: 'refused', retryAfterMs: 2 })
      expect(await limiter.take('odd', odd, now + 2)).toEqual({ status: 'taken' })
    })

    it('counts callers whose clocks differ as one', async () => {
      for (let index = 0; index < 50; index += 1) await takenOf(1, now + (index % 2) * 5)
      expect(await takenOf(10, now + 99)).toBe(0)
      expect(await takenOf(10, now + 100 + 5)).toBe(1)
    })

    it('counts each key apart: who is refused does not hold others up', async () => {
      await takenOf(100, now)
      expect(await takenOf(1, now, 'b')).toBe(1)
    })

    it('makes nobody wait longer than the window when the clock is set back', async () => {
      await takenOf(100, now + 86_400_000)
      expect(await limiter.take('a', rate, now)).toEqual({ status: 'refused', retryAfterMs: 100 })
    })

    it.each(vectors.sequences)('answers as it once did not: $found', async ({ rate, takes }) => {
      for (const { at, ...outcome } of takes) expect(await limiter.take('a', rate, now + at)).toEqual(outcome)
    })
  })
}
