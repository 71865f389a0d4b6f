import type { AppSessions, AppUserRow, AppUsersQuery } from '../../ports/directory-store.ts'
import { accountColumns, accountJoins, accountOf, type JoinedAccount } from './accounts.ts'
import type { Statements, Step } from './statements.ts'

type Joined = JoinedAccount & { readonly openId: string; readonly formerPhones: number }
type Sessions = AppSessions & { readonly userId: string }

/**
 * A user who has several openids in the mini program, because two users became one, is told by the first of them.
 * COALESCE keeps SQLite from looking for them among all openids of the mini program, which it does where it has the choice.
 */
const first = `NOT EXISTS (
  SELECT 1 FROM identity o WHERE o.user_id = i.user_id AND COALESCE(o.app_id, '') = i.app_id AND COALESCE(o.open_id, '') < i.open_id)`

/** Everybody of one mini program, a page at a time: two questions for a page, each answered from an index. */
export function appUsers(sql: Statements) {
  const users = (condition: string) => `
    SELECT i.open_id AS "openId", ${accountColumns},
      (SELECT COUNT(*) FROM phone h WHERE h.user_id = u.id AND h.replaced_at IS NOT NULL) AS "formerPhones"
    FROM identity i JOIN "user" u ON u.id = i.user_id ${accountJoins}
    WHERE ${condition} AND u.created_at <= ? AND ${first} ORDER BY i.open_id LIMIT ?`
  const page = sql.all<[appId: string, after: string, to: number, limit: number], Joined>(
    users('i.app_id = ? AND i.open_id > ?'),
  )
  const one = sql.all<[appId: string, userId: string, to: number, limit: number], Joined>(
    users("COALESCE(i.app_id, '') = ? AND i.user_id = ?"),
  )
  // The page is named by its ends, because a list of ids has no fixed length; a user has their sessions by every openid.
  const sessions = sql.all<
    [appId: string, first: string, last: string, to: number, from: number, from: number, from: number],
    Sessions
  >(`
    SELECT a.user_id AS "userId", s.device, COUNT(DISTINCT s.id) AS "count", MAX(s.created_at) AS "latestAt"
    FROM identity a JOIN identity i ON i.user_id = a.user_id AND COALESCE(i.app_id, '') = a.app_id
      JOIN session s ON s.identity_id = i.id
    WHERE a.app_id = ? AND a.open_id >= ? AND a.open_id <= ? AND s.created_at <= ?
      AND (s.ended_at IS NULL OR s.ended_at >= ?) AND s.idle_until >= ? AND s.absolute_until >= ?
    GROUP BY a.user_id, s.device ORDER BY a.user_id, s.device`)

  return {
    *usersOfApp({ appId, from, to, who, limit }: AppUsersQuery): Step<readonly AppUserRow[]> {
      const rows =
        'userId' in who ? yield* one(appId, who.userId, to, limit) : yield* page(appId, who.after ?? '', to, limit)
      const ends = [rows[0], rows.at(-1)] as const
      if (!ends[0] || !ends[1]) return []
      const byUser = new Map<string, AppSessions[]>()
      for (const { userId, ...found } of yield* sessions(appId, ends[0].openId, ends[1].openId, to, from, from, from))
        byUser.set(userId, [...(byUser.get(userId) ?? []), found])
      return rows.map(row => {
        const { openId, formerPhones, userId } = row
        return { ...accountOf(row), openId, formerPhones, sessions: byUser.get(userId) ?? [] }
      })
    },
  }
}
