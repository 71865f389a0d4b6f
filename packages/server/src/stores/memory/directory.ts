import type { AccountRow } from '../../ports/account-store.ts'
import type { AppSessions, AppUsersQuery, DirectoryStore, DirectoryUser } from '../../ports/directory-store.ts'
import type { IdentityRow, PhoneRow, SessionRow } from '../../ports/store.ts'
import { hex } from './hex.ts'

export interface DirectoryTools {
  /** Of everybody who ever was. */
  readonly createdAt: ReadonlyMap<string, number>
  readonly phones: ReadonlyMap<string, PhoneRow>
  readonly identities: ReadonlyMap<string, IdentityRow>
  readonly sessions: ReadonlyMap<string, SessionRow>
  readonly accountOf: (userId: string) => AccountRow | null
  readonly goneOf: (userId: string) => Pick<DirectoryUser, 'goneAt' | 'mergedInto'> | null
}

/** All users, as operators look for them. */
export function createDirectory(tools: DirectoryTools): DirectoryStore {
  const { createdAt, phones, identities, sessions, accountOf, goneOf } = tools

  function find(id: string): DirectoryUser | null {
    const since = createdAt.get(id)
    return since === undefined ? null : { id, createdAt: since, goneAt: null, mergedInto: null, ...goneOf(id) }
  }

  function openIdsOf(appId: string): ReadonlyMap<string, string> {
    const first = new Map<string, string>()
    const own = [...identities.values()].filter(identity => identity.appId === appId)
    for (const { userId, openId } of own.sort((a, b) => (a.openId < b.openId ? -1 : 1)))
      if (!first.has(userId)) first.set(userId, openId)
    return first
  }

  function sessionsIn({ appId, from, to }: AppUsersQuery, userId: string): readonly AppSessions[] {
    const byDevice = new Map<string, AppSessions>()
    for (const one of sessions.values()) {
      const { device, createdAt } = one
      const until = Math.min(one.endedAt ?? one.idleUntil, one.idleUntil, one.absoluteUntil)
      if (one.userId !== userId || one.appId !== appId || createdAt > to || until < from) continue
      const known = byDevice.get(device) ?? { device, count: 0, latestAt: 0 }
      byDevice.set(device, { device, count: known.count + 1, latestAt: Math.max(known.latestAt, createdAt) })
    }
    return [...byDevice.values()].sort((a, b) => (a.device < b.device ? -1 : 1))
  }

  return {
    async usersOfApp(query) {
      const { appId, to, who, limit } = query
      const found = [...openIdsOf(appId)].flatMap(([userId, openId]) => {
        const account = accountOf(userId)
        const isWanted = 'userId' in who ? who.userId === userId : openId > (who.after ?? '')
        if (!account || !isWanted || account.user.createdAt > to) return []
        const former = [...phones.values()].filter(one => one.userId === userId && one.replacedAt !== null)
        return [{ ...account, openId, formerPhones: former.length, sessions: sessionsIn(query, userId) }]
      })
      return found.slice(0, limit)
    },
    async listUsers(before, limit) {
      const ids = [...createdAt.keys()].filter(id => before === null || id < before)
      return ids
        .sort((a, b) => (a < b ? 1 : -1))
        .slice(0, limit)
        .flatMap(id => find(id) ?? [])
    },
    findDirectoryUser: async userId => find(userId),
    async usersWithPhone(blindIndexes, limit) {
      const wanted = new Set(blindIndexes.map(hex))
      const found = [...phones.values()].filter(one => one.replacedAt === null && wanted.has(hex(one.blindIndex)))
      return [...new Set(found.map(({ userId }) => userId))].sort().slice(0, limit)
    },
  }
}
