import { listedRows } from '../../domain/limits.ts'
import type { AccountRow, EraseUser } from '../../ports/account-store.ts'
import type { Page } from '../../ports/page.ts'
import type { IdentityRow, SessionRow } from '../../ports/store.ts'
import { auditLog } from './audit-log.ts'
import { behindAllIds } from './behind-all.ts'
import { closeMerges, shredded } from './close-merges.ts'
import { profiles } from './profiles.ts'
import { removeSms } from './remove-sms.ts'
import { sessionColumns } from './sessions.ts'
import type { Statements, Step } from './statements.ts'
import { forgetTraces } from './traces.ts'

/** A row of {@link accountColumns}. */
export interface JoinedAccount {
  readonly userId: string
  readonly wrappedKey: Uint8Array
  readonly userCreatedAt: number
  readonly phoneId: string | null
  readonly sealedNumber: Uint8Array
  readonly blindIndex: Uint8Array
  readonly countryCode: string
  readonly source: NonNullable<AccountRow['phone']>['source']
  readonly verifiedAt: number
  readonly sealedNickname: Uint8Array | null
  readonly avatarKey: string | null
}

export const accountColumns = `u.id AS "userId", u.wrapped_key AS "wrappedKey", u.created_at AS "userCreatedAt",
  p.phone_id AS "phoneId", p.sealed_number AS "sealedNumber", p.blind_index AS "blindIndex", p.country_code AS "countryCode",
  p.source, p.verified_at AS "verifiedAt", f.sealed_nickname AS "sealedNickname", f.avatar_key AS "avatarKey"`
export const accountJoins = `LEFT JOIN phone p ON p.user_id = u.id AND p.replaced_at IS NULL
  LEFT JOIN profile f ON f.user_id = u.id`

/** Users as a whole: with phone and profile in one question, and gone in one step. */
export function accounts(sql: Statements) {
  const ofUser = sql.one<[userId: string], JoinedAccount>(
    `SELECT ${accountColumns} FROM "user" u ${accountJoins} WHERE u.id = ? AND u.erased_at IS NULL`,
  )
  const ofSession = sql.one<[sessionId: string], JoinedAccount & SessionRow>(`
    SELECT ${sessionColumns}, ${accountColumns}
    FROM session s JOIN identity i ON i.id = s.identity_id JOIN "user" u ON u.id = i.user_id ${accountJoins}
    WHERE s.id = ?`)
  const ofIdentity = sql.one<[appId: string, openId: string], JoinedAccount & IdentityRow>(`
    SELECT i.app_id AS "appId", i.open_id AS "openId", i.union_id AS "unionId", ${accountColumns}
    FROM identity i JOIN "user" u ON u.id = i.user_id ${accountJoins}
    WHERE i.app_id = ? AND i.open_id = ?`)
  const identities = sql.all<[userId: string], IdentityRow>(`
    SELECT app_id AS "appId", open_id AS "openId", union_id AS "unionId", user_id AS "userId"
    FROM identity WHERE user_id = ? ORDER BY id`)
  const sessions = sql.all<[userId: string, before: string, limit: number], SessionRow>(`
    SELECT ${sessionColumns} FROM session s JOIN identity i ON i.id = s.identity_id
    WHERE i.user_id = ? AND s.id < ? ORDER BY s.id DESC LIMIT ?`)
  const liveSessions = sql.all<[userId: string, now: number, now: number, limit: number], SessionRow>(`
    SELECT ${sessionColumns} FROM session s JOIN identity i ON i.id = s.identity_id
    WHERE i.user_id = ? AND s.ended_at IS NULL AND s.idle_until > ? AND s.absolute_until > ?
    ORDER BY s.created_at DESC, s.id DESC LIMIT ?`)
  const identity = sql.one<[appId: string, openId: string, userId: string], { id: number; unionId: string | null }>(
    'SELECT id, union_id AS "unionId" FROM identity WHERE app_id = ? AND open_id = ? AND user_id = ?',
  )
  const fillUnionId = sql.run<[unionId: string, identityId: number]>('UPDATE identity SET union_id = ? WHERE id = ?')
  const linkUnionId = sql.add<[unionId: string, userId: string]>(
    'INSERT INTO union_id (union_id, user_id) VALUES (?, ?)',
  )
  const findUnionId = sql.one<[unionId: string], { userId: string }>(
    'SELECT user_id AS "userId" FROM union_id WHERE union_id = ?',
  )

  const shred = sql.run<[Uint8Array, number, Uint8Array, string]>(
    'UPDATE "user" SET wrapped_key = ?, erased_at = ?, erased_by = ? WHERE id = ? AND erased_at IS NULL',
  )
  const erasure = sql.one<[userId: string, attempt: Uint8Array], { erasedAt: number }>(
    'SELECT erased_at AS "erasedAt" FROM "user" WHERE id = ? AND erased_by = ?',
  )
  const ownIdentities = 'identity_id IN (SELECT id FROM identity WHERE user_id = ?)'
  // In this order nothing points to a row that goes.
  const removals = [
    `DELETE FROM session WHERE ${ownIdentities}`,
    `DELETE FROM session_key WHERE ${ownIdentities}`,
    'DELETE FROM union_id WHERE user_id = ?',
    'DELETE FROM identity WHERE user_id = ?',
    'DELETE FROM phone WHERE user_id = ?',
  ].map(removal => sql.run<[userId: string]>(removal))
  const { removeProfile } = profiles(sql)
  const { appendAudit } = auditLog(sql)
  const { removeSmsOf } = removeSms(sql)
  const { closeMergesOf } = closeMerges(sql)
  const forgetTracesOf = forgetTraces(sql)

  return {
    *findAccount(userId: string): Step<AccountRow | null> {
      const row = yield* ofUser(userId)
      return row ? accountOf(row) : null
    },
    *findAccountOfSession(sessionId: string): Step<(AccountRow & { readonly session: SessionRow }) | null> {
      const row = yield* ofSession(sessionId)
      if (!row) return null
      const { id, userId, appId, openId, device, counter, createdAt, idleUntil, absoluteUntil, endedAt } = row
      const session = { id, userId, appId, openId, device, counter, createdAt, idleUntil, absoluteUntil, endedAt }
      return { ...accountOf(row), session }
    },
    *findIdentity(appId: string, openId: string): Step<(AccountRow & { readonly identity: IdentityRow }) | null> {
      const row = yield* ofIdentity(appId, openId)
      return row ? { ...accountOf(row), identity: { appId, openId, unionId: row.unionId, userId: row.userId } } : null
    },
    identitiesOf: (userId: string) => identities(userId),
    sessionsOf: (userId: string, { after, limit = listedRows }: Page = {}) =>
      sessions(userId, after ?? behindAllIds, limit),
    liveSessionsOf: (userId: string, now: number, limit: number) => liveSessions(userId, now, now, limit),
    *linkUnionId(input: Omit<IdentityRow, 'unionId'> & { readonly unionId: string }): Step<string | null> {
      const { appId, openId, userId, unionId } = input
      yield* sql.holdUser(userId)
      const found = yield* identity(appId, openId, userId)
      if (!found || found.unionId !== null) return null
      yield* fillUnionId(unionId, found.id)
      if (yield* linkUnionId(unionId, userId)) return null
      const owner = yield* findUnionId(unionId)
      return owner && owner.userId !== userId ? owner.userId : null
    },
    /** One UPDATE decides who erases; nobody who holds the user comes in between. */
    *eraseUser({ now, userId, attempt, audit }: EraseUser): Step<number | null> {
      yield* sql.holdUser(userId)
      if ((yield* shred(shredded, now, attempt, userId)) === 0)
        return (yield* erasure(userId, attempt))?.erasedAt ?? null
      yield* closeMergesOf(userId, now)
      for (const remove of removals) yield* remove(userId)
      yield* removeSmsOf(userId, now)
      yield* removeProfile(userId, now)
      yield* forgetTracesOf(userId)
      if (audit) yield* appendAudit(audit)
      return now
    },
  }
}

export function accountOf(row: JoinedAccount): AccountRow {
  const { userId, wrappedKey, userCreatedAt, sealedNickname, avatarKey } = row
  return {
    user: { id: userId, wrappedKey, createdAt: userCreatedAt },
    phone: phoneOf(row),
    profile: { sealedNickname, avatarKey },
  }
}

function phoneOf(row: JoinedAccount): AccountRow['phone'] {
  const { userId, phoneId, sealedNumber, blindIndex, countryCode, source, verifiedAt } = row
  if (phoneId === null) return null
  return {
    id: phoneId,
    userId,
    sealedNumber,
    blindIndex,
    countryCode,
    source,
    verifiedAt,
    replacedAt: null,
    replacedReason: null,
  }
}
