import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { migrate } from '../sqlite/migrate.ts'
import { columnsOf, transferredTables } from './transferred-tables.ts'

interface Column {
  readonly name: string
  readonly type: 'TEXT' | 'BLOB' | 'INTEGER'
  readonly pk: number
}

const database = new Database(':memory:')
migrate(database)
const columns = (table: string) => database.prepare('SELECT * FROM pragma_table_info(?)').all(table) as Column[]
const ofTheDatabase = ['migration', 'transfer']

describe('the tables that a transfer takes along', () => {
  it('are all tables of the migrated schema, each with all of its columns', () => {
    const names = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all() as string[]
    const schema = names
      .filter(name => !ofTheDatabase.includes(name))
      .map(name => [
        name,
        columns(name)
          .map(column => column.name)
          .sort(),
      ])
    const taken = transferredTables.map(table => [table.name, [...columnsOf(table)].sort()])
    expect(Object.fromEntries(taken)).toEqual(Object.fromEntries(schema))
  })

  it.each(transferredTables)('name the key of $name, and of what kind it is', ({ name, key, keyTypes, numbered }) => {
    const types = { TEXT: 'text', BLOB: 'bytes', INTEGER: 'integer' }
    const keys = columns(name)
      .filter(({ pk }) => pk > 0)
      .sort((a, b) => a.pk - b.pk)
    expect(keys.map(column => [column.name, types[column.type]])).toEqual(
      key.split(' ').map((one, at) => [one, keyTypes[at]]),
    )
    const { wr } = database.prepare('SELECT wr FROM pragma_table_list WHERE name = ?').get(name) as { wr: number }
    expect(numbered).toBe(wr === 0)
  })

  it.each(transferredTables)('come behind those that $name refers to', ({ name }) => {
    const referred = database.prepare('SELECT "table" FROM pragma_foreign_key_list(?)').pluck().all(name) as string[]
    const before = transferredTables.slice(
      0,
      transferredTables.findIndex(table => table.name === name),
    )
    expect(before.map(table => table.name)).toEqual(expect.arrayContaining(referred))
  })

  it('are empty in a new database but for the rows that are named', () => {
    for (const { name, initial } of transferredTables) {
      const left = database
        .prepare(`SELECT count(*) FROM "${name}" WHERE NOT (${initial ?? '0 = 1'})`)
        .pluck()
        .get()
      expect([name, left]).toEqual([name, 0])
    }
  })
})
