import { describe, expect, it } from 'vitest'
import type { Budget } from '../../src/ports/budget-store.ts'
import { bytes, countOf, minute, now, race, rounds, type UseStore } from './subject.ts'

function budgetOf(name: string, limit: number, until = now + minute): Budget {
  return { name: bytes(name), limit, until }
}

export function budgetsContract(use: UseStore): void {
  describe('a budget', () => {
    it('is given exactly as often as its limit, to any number of callers', async () => {
      const store = use()
      for (let round = 0; round < rounds; round += 1) {
        const outcomes = await race(32, () => store.spendBudgets([budgetOf(`round ${round}`, 10)], now))
        expect(countOf(outcomes, 'spent')).toBe(10)
        expect(countOf(outcomes, 'refused')).toBe(22)
      }
    })

    it('tells each caller another count, so that one of them reaches the alarm', async () => {
      const store = use()
      const outcomes = await race(10, () => store.spendBudgets([budgetOf('a', 10)], now))
      const used = outcomes.flatMap(outcome => (outcome.status === 'spent' ? outcome.used : []))
      expect([...used].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    })

    it('is taken together with others or not at all', async () => {
      const store = use()
      const [wide, narrow] = [budgetOf('wide', 5), budgetOf('narrow', 2, now + 2 * minute)]
      await race(16, () => store.spendBudgets([wide, narrow], now))
      expect(await store.spendBudgets([wide, narrow], now)).toEqual({
        status: 'refused',
        empty: [1],
        until: now + 2 * minute,
      })
      expect(await store.spendBudgets([wide], now)).toEqual({ status: 'spent', used: [3] })
    })

    it('keeps the time of the first one, and is full again then', async () => {
      const store = use()
      await store.spendBudgets([budgetOf('a', 1)], now)
      const later = { ...budgetOf('a', 1), until: now + 2 * minute }
      expect(await store.spendBudgets([later], now + minute - 1)).toEqual({
        status: 'refused',
        empty: [0],
        until: now + minute,
      })
      expect(await store.spendBudgets([later], now + minute)).toEqual({ status: 'spent', used: [1] })
      const refused = { status: 'refused', empty: [0], until: now + 2 * minute }
      expect(await store.spendBudgets([later], now + minute)).toEqual(refused)
    })

    it('of nothing is never given', async () => {
      expect(await use().spendBudgets([budgetOf('a', 0)], now)).toEqual({
        status: 'refused',
        empty: [0],
        until: now + minute,
      })
    })

    it('that was given back can be taken again, once', async () => {
      const store = use()
      const budget = budgetOf('a', 1)
      await store.spendBudgets([budget], now)
      await store.refundBudgets([budget])
      await store.refundBudgets([budget, budgetOf('unknown', 1)])
      const outcomes = await race(16, () => store.spendBudgets([budget], now))
      expect(countOf(outcomes, 'spent')).toBe(1)
    })

    it('is forgotten when its time has passed', async () => {
      const store = use()
      await store.spendBudgets([budgetOf('past', 1), budgetOf('still', 1, now + 2 * minute)], now)
      expect(await store.sweep(now + minute)).toBe(1)
      expect(await store.sweep(now + minute)).toBe(0)
    })
  })
}
