import type { TransferBatch, TransferRow } from '../../ports/transfer-side.ts'
import type { Cell, Statements, Step } from '../sql/statements.ts'
import { columnsOf, type TransferredTable } from './transferred-tables.ts'

/** What a transfer does with one table. */
export interface TableRows {
  count(): Step<number>
  /** Whether there is any row but those of a new database. */
  hasRows(): Step<boolean>
  removeInitial(): Step<void>
  after(key: string | null): Step<TransferBatch>
  write(rows: readonly TransferRow[]): Step<void>
}

/** Rows in one INSERT: few round trips, and far from the most parameters of a statement. */
const together = 50

export function tableRows(sql: Statements, table: TransferredTable, batchRows: number): TableRows {
  const { name, key, keyTypes, initial } = table
  const columns = columnsOf(table)
  const list = quoted(columns)
  const keys = key.split(' ')
  const [order, one] = [quoted(keys), placesOf(columns)]
  // The first column by itself as well: MySQL finds no place in an index by a comparison of several.
  const from = `${quoted(keys.slice(0, 1))} >= ? AND (${order}) > ${placesOf(keys)}`
  const count = sql.one<[], { readonly count: number }>(`SELECT count(*) AS "count" FROM "${name}"`)
  const some = sql.one<[], unknown>(`SELECT ${order} FROM "${name}" ${initial ? `WHERE NOT (${initial}) ` : ''}LIMIT 1`)
  const remove = initial ? sql.run<[]>(`DELETE FROM "${name}" WHERE ${initial}`) : null
  const after = sql.all<Cell[], Readonly<Record<string, Cell>>>(
    `SELECT ${list} FROM "${name}" WHERE ${from} ORDER BY ${order} LIMIT ${batchRows}`,
  )
  const insert = (rows: number) =>
    sql.run<Cell[]>(`INSERT INTO "${name}" (${list}) VALUES ${Array.from({ length: rows }, () => one).join(', ')}`)
  const [insertOne, insertMany] = [insert(1), insert(together)]

  return {
    *count() {
      return (yield* count())?.count ?? 0
    },
    *hasRows() {
      return (yield* some()) !== undefined
    },
    *removeInitial() {
      if (remove) yield* remove()
    },
    *after(last) {
      const beyond = last === null ? keyTypes.map(type => least[type]) : fromText(keyTypes, last)
      const found = yield* after(...beyond.slice(0, 1), ...beyond)
      const rows = found.map(row => columns.map(column => row[column] ?? null))
      const newest = rows.at(-1)
      return { rows, after: newest ? toText(newest.slice(0, keys.length)) : null }
    },
    *write(rows) {
      const whole = rows.length - (rows.length % together)
      for (let at = 0; at < whole; at += together) yield* insertMany(...rows.slice(at, at + together).flat())
      for (const row of rows.slice(whole)) yield* insertOne(...row)
    },
  }
}

/** What every key is greater than. */
const least = { text: '', bytes: Buffer.alloc(0), integer: Number.MIN_SAFE_INTEGER }

function toText(key: readonly Cell[]): string {
  return JSON.stringify(key.map(cell => (cell instanceof Uint8Array ? Buffer.from(cell).toString('hex') : cell)))
}

function fromText(keyTypes: TransferredTable['keyTypes'], text: string): Cell[] {
  const key = JSON.parse(text) as (string | number)[]
  return key.map((cell, at) => (keyTypes[at] === 'bytes' ? Buffer.from(String(cell), 'hex') : cell))
}

function quoted(columns: readonly string[]): string {
  return columns.map(column => `"${column}"`).join(', ')
}

function placesOf(columns: readonly string[]): string {
  return `(${columns.map(() => '?').join(', ')})`
}
