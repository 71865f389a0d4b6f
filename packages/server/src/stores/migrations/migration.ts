/** How one database writes the columns of a table. Without `null` a column is NOT NULL. */
export interface Columns {
  /** Text of 1 to `max` characters. */
  text(name: string, max: number, empty?: 'null'): string
  /** 1 to `max` bytes. */
  bytes(name: string, max: number, empty?: 'null'): string
  /** A whole number up to 2^53, such as milliseconds since 1970. */
  integer(name: string, empty?: 'null'): string
  /** One of these words. */
  word(name: string, words: readonly string[], empty?: 'null'): string
  /** A number that the database gives to each row in the order they come; the primary key. */
  rowNumber(name: string): string
  /** What follows the closing bracket of a table with a row number. */
  readonly numbered: string
  /** What follows the closing bracket of a table that is ordered by its primary key. */
  readonly keyed: string
  /** The statement that makes an index of those rows only for which `where` holds, such as `ended_at IS NULL`. */
  index(name: string, table: string, column: string, where: string): string
  /** The same, and no two of these rows are equal in this column. */
  uniqueIndex(name: string, table: string, column: string, where: string): string
}

/** One step of the schema, applied in one transaction and never changed after its release. */
export interface Migration {
  /** 1, 2, 3 … without a gap. */
  readonly id: number
  readonly name: string
  statements(columns: Columns): readonly string[]
}
