// Reads better whole: how an identity and its user come to be.
import type { RecordIdentity } from '../../ports/store.ts'
import { Raced, type Statements, type Step } from './statements.ts'

interface Owner {
  readonly userId: string
  /** Whoever blocks a user holds them, as a login does. */
  readonly blockedAt: number | null
}

interface KnownIdentity extends Owner {
  readonly id: number
  readonly unionId: string | null
}

interface FoundIdentity {
  readonly identity: KnownIdentity | undefined
  /** Whose it is, or will be by its unionid. */
  readonly owner: Owner | undefined
  /** Whether it is still as the caller read it. */
  readonly isAsRead: boolean
}

/**
 * The identity of a login or of an import. One that is there changes only with its user, who is held. Of first logins at
 * once the unique keys of openid and unionid let one through: the others find it written when they run again.
 */
export function keepIdentity(sql: Statements) {
  const findIdentity = sql.one<[string, string], KnownIdentity>(`
    SELECT i.id, i.union_id AS "unionId", i.user_id AS "userId", b.blocked_at AS "blockedAt"
    FROM identity i LEFT JOIN user_block b ON b.user_id = i.user_id WHERE i.app_id = ? AND i.open_id = ?`)
  const findUnionId = sql.one<[string], Owner>(`
    SELECT l.user_id AS "userId", b.blocked_at AS "blockedAt"
    FROM union_id l LEFT JOIN user_block b ON b.user_id = l.user_id WHERE l.union_id = ?`)
  const addUser = sql.run<[string, Uint8Array, number]>(
    'INSERT INTO "user" (id, wrapped_key, created_at) VALUES (?, ?, ?)',
  )
  const addIdentity = sql.insert<[string, string, string | null, string]>(
    'INSERT INTO identity (app_id, open_id, union_id, user_id) VALUES (?, ?, ?, ?)',
  )
  const fillUnionId = sql.run<[string, number]>('UPDATE identity SET union_id = ? WHERE id = ? AND union_id IS NULL')
  const linkUnionId = sql.add<[string, string]>('INSERT INTO union_id (union_id, user_id) VALUES (?, ?)')

  return {
    *findOwner({ appId, openId, unionId, user }: RecordIdentity): Step<FoundIdentity> {
      if (!user.create) yield* sql.holdUser(user.id)
      const identity = yield* findIdentity(appId, openId)
      // A new identity makes a new user, or joins the one whom its unionid names.
      const owner = identity ?? (unionId === null ? undefined : yield* findUnionId(unionId))
      return { identity, owner, isAsRead: user.create ? !owner : owner?.userId === user.id }
    },

    *writeIdentity(
      { now, appId, openId, unionId, user }: RecordIdentity,
      identity: KnownIdentity | undefined,
    ): Step<{ readonly identityId: number; readonly unionIdOf: string | undefined }> {
      if (user.create) yield* addUser(user.id, user.create.wrappedKey, now)
      const identityId = identity?.id ?? (yield* addIdentity(appId, openId, unionId, user.id))
      if (identityId === null) throw new Raced()
      let unionIdOf: string | undefined
      if (unionId !== null && !identity?.unionId) {
        if (identity) yield* fillUnionId(unionId, identityId)
        if (!(yield* linkUnionId(unionId, user.id))) {
          if (user.create) throw new Raced()
          unionIdOf = (yield* findUnionId(unionId))?.userId
        }
      }
      return { identityId, unionIdOf: unionIdOf === user.id ? undefined : unionIdOf }
    },
  }
}
