import type { Migration } from './migration.ts'

/** A database that receives the data of another one remembers whose they are, and how far each table is. */
export const transfers: Migration = {
  id: 12,
  name: 'transfers',
  statements: ({ text, integer, keyed }) => [
    `CREATE TABLE transfer (
      ${text('table_name', 64)},
      ${text('source', 64)},
      ${text('after_key', 512, 'null')},
      ${integer('row_count')},
      ${text('hash', 64)},
      ${integer('begun_at')},
      ${integer('finished_at', 'null')},
      PRIMARY KEY (table_name)
    ) ${keyed}`,
  ],
}
