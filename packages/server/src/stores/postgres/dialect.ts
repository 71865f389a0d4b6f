import type { Dialect } from '../sql/asking-statements.ts'

export const postgresDialect: Dialect = {
  // Rows that point to the held one may be added meanwhile ("Row-Level Locks", postgresql.org/docs).
  forUpdate: ' FOR NO KEY UPDATE',
  addOnce: sql => `${sql} ON CONFLICT DO NOTHING`,
  insertOnce: sql => `${sql} ON CONFLICT DO NOTHING RETURNING id`,
  *holdName(name) {
    yield { text: 'SELECT pg_advisory_xact_lock(CAST(? AS bigint))', values: [lockOf(name)] }
  },
}

/** Two names with one lock only wait for each other. */
function lockOf(name: Uint8Array): string {
  return Buffer.concat([name, Buffer.alloc(8)])
    .readBigInt64BE(0)
    .toString()
}
