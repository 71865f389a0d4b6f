import type { Cell, Statements, Step } from './statements.ts'

/** What databases that answer later spell differently. */
export interface Dialect {
  /** What follows a question so that its row is held until the commit. */
  readonly forUpdate: string
  /** The INSERT that writes nothing where a unique key is taken; as it is, when its driver knows `once`. */
  addOnce(sql: string): string
  /** The same, and it brings the new row's number back. */
  insertOnce(sql: string): string
  /** See {@link Statements.holdName}. */
  holdName(name: Uint8Array): Step<void>
}

/**
 * The statements of a database that answers later: a step stops at each of them with an `Ask`, and goes on with its
 * `Answer`. A SELECT without rows and a key that is taken are answers; anything else that fails is thrown into the step.
 *
 * @example
 * const sql = askingStatements(dialect)
 * let asked = step.next()
 * while (!asked.done) asked = step.next(await send(connection, asked.value))
 */
export function askingStatements({ forUpdate, addOnce, insertOnce, holdName }: Dialect): Statements {
  const ask = (text: string, values: readonly Cell[]) => ({ text, values })
  const askOnce = (text: string, values: readonly Cell[]) => ({ text, values, once: true }) as const
  const holdUser = one<[string], unknown>(`SELECT id FROM "user" WHERE id = ?${forUpdate}`)

  function one<Values extends Cell[], Row>(text: string) {
    return function* (...values: Values): Step<Row | undefined> {
      const { rows } = yield ask(text, values)
      return rows[0] as Row | undefined
    }
  }

  return {
    one,
    hold: sql => one(sql + forUpdate),
    all<Values extends Cell[], Row>(text: string) {
      return function* (...values: Values): Step<Row[]> {
        const { rows } = yield ask(text, values)
        return rows as Row[]
      }
    },
    run<Values extends Cell[]>(text: string) {
      return function* (...values: Values): Step<number> {
        return (yield ask(text, values)).changes
      }
    },
    add<Values extends Cell[]>(sql: string) {
      const text = addOnce(sql)
      return function* (...values: Values): Step<boolean> {
        return (yield askOnce(text, values)).changes > 0
      }
    },
    insert<Values extends Cell[]>(sql: string) {
      const text = insertOnce(sql)
      return function* (...values: Values): Step<number | null> {
        const { rows, changes } = yield askOnce(text, values)
        const [row] = rows as { readonly id: number }[]
        return changes > 0 && row ? row.id : null
      }
    },
    *holdUser(userId) {
      yield* holdUser(userId)
    },
    holdName,
  }
}
