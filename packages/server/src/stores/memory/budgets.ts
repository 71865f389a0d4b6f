import type { Budget, BudgetStore, SpendOutcome } from '../../ports/budget-store.ts'
import { hex } from './hex.ts'

/** Counters in memory; what it answers is done when it returns. */
export interface Budgets {
  readonly store: BudgetStore
  spend(budgets: readonly Budget[], now: number): SpendOutcome
  refund(budgets: readonly Pick<Budget, 'name'>[]): void
  /** Answers how many counters went. */
  sweep(now: number): number
}

export function createBudgets(): Budgets {
  const counters = new Map<string, { used: number; readonly until: number }>()

  function counterOf({ name, until }: Budget, now: number) {
    const known = counters.get(hex(name))
    return known && known.until > now ? known : { used: 0, until }
  }

  function spend(budgets: readonly Budget[], now: number): SpendOutcome {
    const rows = budgets.map(budget => ({
      name: hex(budget.name),
      limit: budget.limit,
      counter: counterOf(budget, now),
    }))
    const empty = rows.flatMap(({ counter, limit }, index) => (counter.used >= limit ? index : []))
    if (empty.length > 0) {
      const until = Math.max(...empty.map(index => rows[index]?.counter.until ?? now))
      return { status: 'refused', empty, until }
    }
    for (const { name, counter } of rows) {
      counter.used += 1
      counters.set(name, counter)
    }
    return { status: 'spent', used: rows.map(({ counter }) => counter.used) }
  }

  function refund(budgets: readonly Pick<Budget, 'name'>[]): void {
    for (const { name } of budgets) {
      const counter = counters.get(hex(name))
      if (counter && counter.used > 0) counter.used -= 1
    }
  }

  return {
    spend,
    refund,
    store: {
      spendBudgets: async (budgets, now) => spend(budgets, now),
      refundBudgets: async budgets => refund(budgets),
    },
    sweep(now) {
      const past = [...counters].filter(([, { until }]) => until <= now)
      for (const [name] of past) counters.delete(name)
      return past.length
    },
  }
}
