/** A value of a cell. */
export type Cell = string | number | Uint8Array | null

/** What a step asks a database that answers later. */
export interface Ask {
  /** With question marks; the driver spells them in its own way. */
  readonly text: string
  readonly values: readonly Cell[]
  /** A unique key that is taken is no fault: the answer says that nothing was changed. */
  readonly once?: true
}

/** What comes back: rows of a question, or how many rows were changed. */
export interface Answer {
  /** Of an INSERT into a table with a row number: `{ id }` of the new row. */
  readonly rows: readonly unknown[]
  readonly changes: number
}

/**
 * Work on the database, written once for all of them: every statement is `yield*`ed. SQLite answers each without a
 * pause, so a step of its never stops; elsewhere a step stops at each statement until the answer is there.
 * A step does nothing but read and write the database: it may be run again from its beginning.
 */
export type Step<T> = Generator<Ask, T, Answer>

/** Thrown by a step that met somebody else's writing in its midst: all of it is undone, and it runs again. */
export class Raced extends Error {
  override readonly name = 'Raced'
}

/**
 * The statements of one database. The caller names the types: parameters in the order of their question marks, and the
 * row, whose columns are aliased to our words in the SQL.
 *
 * The SQL is what SQLite, Postgres and MySQL all read: docs/decisions/0008-plain-sql.md.
 *
 * @example
 * function users(sql: Statements) {
 *   const find = sql.one<[string], { createdAt: number }>('SELECT created_at AS "createdAt" FROM "user" WHERE id = ?')
 *   return { createdAt: function* (id: string): Step<number | undefined> { return (yield* find(id))?.createdAt } }
 * }
 */
export interface Statements {
  one<Values extends Cell[], Row>(sql: string): (...values: Values) => Step<Row | undefined>
  /** Like `one`, of one table without joins: nobody else changes the row until the commit. */
  hold<Values extends Cell[], Row>(sql: string): (...values: Values) => Step<Row | undefined>
  all<Values extends Cell[], Row>(sql: string): (...values: Values) => Step<Row[]>
  /** Answers how many rows were found by the condition of an UPDATE or DELETE, also when nothing differs. */
  run<Values extends Cell[]>(sql: string): (...values: Values) => Step<number>
  /** `INSERT INTO … VALUES …`. False: a unique key is taken, nothing was written. */
  add<Values extends Cell[]>(sql: string): (...values: Values) => Step<boolean>
  /** Like `add`, into a table with a row number `id`: the number of the new row, or `null`. */
  insert<Values extends Cell[]>(sql: string): (...values: Values) => Step<number | null>
  /** Until the commit nobody else passes who asks for the same user. Where steps run one by one it does nothing. */
  holdUser(userId: string): Step<void>
  /** The same for anything that has a name but no row, such as a phone number that nobody has yet. */
  holdName(name: Uint8Array): Step<void>
}

/** How a database runs steps. Both may run the work more than once. */
export interface StepRunner {
  /** Questions, outside of a transaction. */
  read<T>(work: () => Step<T>): Promise<T>
  /** One transaction; again when it was {@link Raced} or the database undid it for the sake of another one. */
  step<T>(work: () => Step<T>): Promise<T>
}
