import type { SealedSample } from '../ports/sealed-sample.ts'

/** A database as it was found; looking at it has changed nothing. */
export interface DatabaseInspection {
  /** Such as `Postgres 15.3`. */
  readonly version: string
  /** Steps of the schema that are done; 0: nothing is there yet. */
  readonly applied: number
  /** Steps that this program knows. More of them are done by `migrate`; fewer are a StoreUnusable. */
  readonly known: number
  /** What the user may not do and the server will, such as `INSERT session`. */
  readonly missing: readonly string[]
  readonly bytes: number
  /** `null` when the schema is not this one. */
  readonly sample: SealedSample | null
}

/** Users at each end of the table, the oldest and the newest: between them lie the rotations of the root key. */
const end = 20

/** What is asked for a sample, in the words of every database. */
export const sampleSql = {
  keys: 'SELECT id, check_value AS "check" FROM "key" ORDER BY id',
  apps: 'SELECT app_id AS "appId", sealed FROM app WHERE sealed IS NOT NULL ORDER BY app_id',
  oldest: usersBy('ASC'),
  newest: usersBy('DESC'),
}

/** Not those whose key was destroyed. */
function usersBy(order: 'ASC' | 'DESC'): string {
  return `SELECT id, wrapped_key AS "wrappedKey" FROM "user" WHERE length(wrapped_key) > 4 ORDER BY id ${order} LIMIT ${end}`
}

/** Rows of the four questions. */
export function sampleOf(rows: Readonly<Record<keyof typeof sampleSql, readonly unknown[]>>): SealedSample {
  const users = [...rows.oldest, ...rows.newest] as SealedSample['users'][number][]
  return {
    keys: rows.keys as SealedSample['keys'],
    apps: rows.apps as SealedSample['apps'],
    users: [...new Map(users.map(user => [user.id, user])).values()],
  }
}
