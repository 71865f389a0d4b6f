import type { DirectoryUser } from '../../ports/directory-store.ts'
import { behindAllIds } from './behind-all.ts'
import type { Statements, Step } from './statements.ts'

/** All users, as operators look for them. */
export function directory(sql: Statements) {
  const columns = 'id, created_at AS "createdAt", erased_at AS "goneAt", merged_into AS "mergedInto"'
  const list = sql.all<[before: string, limit: number], DirectoryUser>(
    `SELECT ${columns} FROM "user" WHERE id < ? ORDER BY id DESC LIMIT ?`,
  )
  const find = sql.one<[userId: string], DirectoryUser>(`SELECT ${columns} FROM "user" WHERE id = ?`)
  const withPhone = sql.all<[blindIndex: Uint8Array, limit: number], { userId: string }>(
    'SELECT user_id AS "userId" FROM phone WHERE blind_index = ? AND replaced_at IS NULL ORDER BY user_id LIMIT ?',
  )

  return {
    listUsers: (before: string | null, limit: number): Step<readonly DirectoryUser[]> =>
      list(before ?? behindAllIds, limit),
    *findDirectoryUser(userId: string): Step<DirectoryUser | null> {
      return (yield* find(userId)) ?? null
    },
    *usersWithPhone(blindIndexes: readonly Uint8Array[], limit: number): Step<readonly string[]> {
      const ids = new Set<string>()
      for (const blindIndex of blindIndexes)
        for (const { userId } of yield* withPhone(blindIndex, limit)) ids.add(userId)
      return [...ids].sort().slice(0, limit)
    },
  }
}
