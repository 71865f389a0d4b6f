import type { UserRow } from '../../ports/store.ts'
import type { Statements, Step } from './statements.ts'

/** Users by themselves. */
export function users(sql: Statements) {
  const byUnionId = sql.one<[unionId: string], UserRow>(`
    SELECT u.id, u.wrapped_key AS "wrappedKey", u.created_at AS "createdAt"
    FROM union_id l JOIN "user" u ON u.id = l.user_id
    WHERE l.union_id = ?`)
  const byId = sql.one<[userId: string], UserRow>(
    'SELECT id, wrapped_key AS "wrappedKey", created_at AS "createdAt" FROM "user" WHERE id = ? AND erased_at IS NULL',
  )

  return {
    *findUserByUnionId(unionId: string): Step<UserRow | null> {
      return (yield* byUnionId(unionId)) ?? null
    },
    *findUser(userId: string): Step<UserRow | null> {
      return (yield* byId(userId)) ?? null
    },
  }
}
