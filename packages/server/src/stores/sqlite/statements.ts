import type { Cell, SqliteDatabase } from './driver.ts'

/**
 * Prepares each statement once. The caller names the types: parameters in the order of their question marks, and the
 * row, whose columns are aliased to our words in the SQL; STRICT tables keep them true.
 *
 * @example
 * const sql = statements(database)
 * const findUser = sql.one<[id: string], { createdAt: number }>('SELECT created_at AS createdAt FROM "user" WHERE id = ?')
 * findUser('…')?.createdAt
 */
export interface Statements {
  one<Values extends Cell[], Row>(sql: string): (...values: Values) => Row | undefined
  all<Values extends Cell[], Row>(sql: string): (...values: Values) => Row[]
  /** Answers how many rows were changed. */
  run<Values extends Cell[]>(sql: string): (...values: Values) => number
  /** Answers the number of the new row. */
  insert<Values extends Cell[]>(sql: string): (...values: Values) => number
}

export function statements(database: SqliteDatabase): Statements {
  return {
    one<Values extends Cell[], Row>(sql: string) {
      const statement = database.prepare(sql)
      return (...values: Values) => statement.get(...values) as Row | undefined
    },
    all<Values extends Cell[], Row>(sql: string) {
      const statement = database.prepare(sql)
      return (...values: Values) => statement.all(...values) as Row[]
    },
    run<Values extends Cell[]>(sql: string) {
      const statement = database.prepare(sql)
      return (...values: Values) => statement.run(...values).changes
    },
    insert<Values extends Cell[]>(sql: string) {
      const statement = database.prepare(sql)
      return (...values: Values) => Number(statement.run(...values).lastInsertRowid)
    },
  }
}
