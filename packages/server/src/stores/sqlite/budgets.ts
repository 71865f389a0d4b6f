import type { Budget, SpendOutcome } from '../../ports/budget-store.ts'
import type { Statements } from './statements.ts'

/** Counters of what must not happen too often. */
export function budgets(sql: Statements) {
  const find = sql.one<[name: Uint8Array, now: number], { used: number; until: number }>(
    'SELECT used, until FROM budget WHERE name = ? AND until > ?',
  )
  const take = sql.run<[name: Uint8Array, until: number, now: number, now: number]>(`
    INSERT INTO budget (name, used, until) VALUES (?, 1, ?)
    ON CONFLICT (name) DO UPDATE SET
      used = CASE WHEN budget.until > ? THEN budget.used + 1 ELSE 1 END,
      until = CASE WHEN budget.until > ? THEN budget.until ELSE excluded.until END`)
  const giveBack = sql.run<[name: Uint8Array]>('UPDATE budget SET used = used - 1 WHERE name = ? AND used > 0')

  return {
    spendBudgets(wanted: readonly Budget[], now: number): SpendOutcome {
      const counters = wanted.map(budget => ({ ...budget, used: 0, ...find(budget.name, now) }))
      const empty = counters.flatMap(({ used, limit }, index) => (used >= limit ? index : []))
      if (empty.length > 0) {
        const until = Math.max(...empty.map(index => counters[index]?.until ?? now))
        return { status: 'refused', empty, until }
      }
      for (const { name, until } of wanted) take(name, until, now, now)
      return { status: 'spent', used: counters.map(({ used }) => used + 1) }
    },
    refundBudgets(spent: readonly Pick<Budget, 'name'>[]): void {
      for (const { name } of spent) giveBack(name)
    },
  }
}
