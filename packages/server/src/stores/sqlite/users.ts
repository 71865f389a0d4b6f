import type { IdentityRow, UserRow } from '../../ports/store.ts'
import type { Statements } from './statements.ts'

/** Users and the identities that WeChat gives them. */
export function users(sql: Statements) {
  const identity = sql.one<[appId: string, openId: string], IdentityRow & Omit<UserRow, 'id'>>(`
    SELECT i.app_id AS appId, i.open_id AS openId, i.union_id AS unionId, i.user_id AS userId,
           u.wrapped_key AS wrappedKey, u.created_at AS createdAt
    FROM identity i JOIN "user" u ON u.id = i.user_id
    WHERE i.app_id = ? AND i.open_id = ?`)
  const byUnionId = sql.one<[unionId: string], UserRow>(`
    SELECT u.id, u.wrapped_key AS wrappedKey, u.created_at AS createdAt
    FROM union_id l JOIN "user" u ON u.id = l.user_id
    WHERE l.union_id = ?`)
  const byId = sql.one<[userId: string], UserRow>(
    'SELECT id, wrapped_key AS wrappedKey, created_at AS createdAt FROM "user" WHERE id = ? AND erased_at IS NULL',
  )

  return {
    findIdentity(appId: string, openId: string) {
      const row = identity(appId, openId)
      if (!row) return null
      const { wrappedKey, createdAt, ...rest } = row
      return { identity: rest, user: { id: row.userId, wrappedKey, createdAt } }
    },
    findUserByUnionId: (unionId: string) => byUnionId(unionId) ?? null,
    findUser: (userId: string) => byId(userId) ?? null,
  }
}
