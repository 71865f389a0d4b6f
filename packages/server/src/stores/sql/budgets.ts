import type { Budget, SpendOutcome } from '../../ports/budget-store.ts'
import { inOrder } from './in-order.ts'
import { Raced, type Statements, type Step } from './statements.ts'

interface Counter {
  readonly used: number
  readonly until: number
}

/** Counters of what must not happen too often. */
export function budgets(sql: Statements) {
  const hold = sql.hold<[name: Uint8Array], Counter>('SELECT used, until FROM budget WHERE name = ?')
  const add = sql.add<[name: Uint8Array, until: number]>('INSERT INTO budget (name, used, until) VALUES (?, 1, ?)')
  const count = sql.run<[used: number, until: number, name: Uint8Array]>(
    'UPDATE budget SET used = ?, until = ? WHERE name = ?',
  )
  const giveBack = sql.run<[name: Uint8Array]>('UPDATE budget SET used = used - 1 WHERE name = ? AND used > 0')

  return {
    *spendBudgets(wanted: readonly Budget[], now: number): Step<SpendOutcome> {
      const held = new Map<Uint8Array, Counter>()
      for (const { name } of inOrder(wanted)) {
        const row = yield* hold(name)
        if (row) held.set(name, row)
      }
      const counters = wanted.map(({ name, limit, until }) => {
        const row = held.get(name)
        return { name, limit, isNew: !row, ...(row && row.until > now ? row : { used: 0, until }) }
      })
      const empty = counters.flatMap(({ used, limit }, index) => (used >= limit ? index : []))
      if (empty.length > 0) {
        const until = Math.max(...empty.map(index => counters[index]?.until ?? now))
        return { status: 'refused', empty, until }
      }
      for (const { name, used, until, isNew } of counters) {
        if (!isNew) yield* count(used + 1, until, name)
        else if (!(yield* add(name, until))) throw new Raced()
      }
      return { status: 'spent', used: counters.map(({ used }) => used + 1) }
    },
    *refundBudgets(spent: readonly Pick<Budget, 'name'>[]): Step<void> {
      for (const { name } of inOrder(spent)) yield* giveBack(name)
    },
  }
}
