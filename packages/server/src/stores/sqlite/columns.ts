import type { Columns } from '../migrations/index.ts'

/** SQLite has no lengths, so each column checks its own; STRICT tables keep the types ("STRICT Tables", sqlite.org). */
export const sqliteColumns: Columns = {
  text: (name, max, empty) => column(name, 'TEXT', empty, `length(${name}) BETWEEN 1 AND ${max}`),
  bytes: (name, max, empty) => column(name, 'BLOB', empty, `length(${name}) BETWEEN 1 AND ${max}`),
  integer: (name, empty) => column(name, 'INTEGER', empty),
  word: (name, words, empty) =>
    column(name, 'TEXT', empty, `${name} IN (${words.map(word => `'${word}'`).join(', ')})`),
  rowNumber: name => `${name} INTEGER PRIMARY KEY`,
  numbered: 'STRICT',
  keyed: 'STRICT, WITHOUT ROWID',
  index: (name, table, column, where) => `CREATE INDEX ${name} ON ${table} (${column}) WHERE ${where}`,
  uniqueIndex: (name, table, column, where) => `CREATE UNIQUE INDEX ${name} ON ${table} (${column}) WHERE ${where}`,
}

function column(name: string, type: string, empty?: 'null', check?: string): string {
  return [name, type, empty ? '' : 'NOT NULL', check ? `CHECK (${check})` : ''].filter(Boolean).join(' ')
}
