import type { AccountRow, EraseUser } from '../../ports/account-store.ts'
import type { IdentityRow, SessionRow } from '../../ports/store.ts'
import { auditLog } from './audit-log.ts'
import { closeMerges, shredded } from './close-merges.ts'
import { profiles } from './profiles.ts'
import { removeSms } from './remove-sms.ts'
import { sessionColumns } from './sessions.ts'
import type { Statements } from './statements.ts'

interface JoinedAccount {
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

const columns = `u.id AS userId, u.wrapped_key AS wrappedKey, u.created_at AS userCreatedAt,
  p.phone_id AS phoneId, p.sealed_number AS sealedNumber, p.blind_index AS blindIndex, p.country_code AS countryCode,
  p.source, p.verified_at AS verifiedAt, f.sealed_nickname AS sealedNickname, f.avatar_key AS avatarKey`
const joins = `LEFT JOIN phone p ON p.user_id = u.id AND p.replaced_at IS NULL
  LEFT JOIN profile f ON f.user_id = u.id`

/** Users as a whole: with phone and profile in one question, and gone in one step. */
export function accounts(sql: Statements) {
  const ofUser = sql.one<[userId: string], JoinedAccount>(
    `SELECT ${columns} FROM "user" u ${joins} WHERE u.id = ? AND u.erased_at IS NULL`,
  )
  const ofSession = sql.one<[sessionId: string], JoinedAccount & SessionRow>(`
    SELECT ${sessionColumns}, ${columns}
    FROM session s JOIN identity i ON i.id = s.identity_id JOIN "user" u ON u.id = i.user_id ${joins}
    WHERE s.id = ?`)
  const identities = sql.all<[userId: string], IdentityRow>(`
    SELECT app_id AS appId, open_id AS openId, union_id AS unionId, user_id AS userId
    FROM identity WHERE user_id = ? ORDER BY id`)
  const sessions = sql.all<[userId: string], SessionRow>(`
    SELECT ${sessionColumns} FROM session s JOIN identity i ON i.id = s.identity_id
    WHERE i.user_id = ? ORDER BY s.created_at DESC, s.id DESC`)
  const liveSessions = sql.all<[userId: string, now: number, now: number, limit: number], SessionRow>(`
    SELECT ${sessionColumns} FROM session s JOIN identity i ON i.id = s.identity_id
    WHERE i.user_id = ? AND s.ended_at IS NULL AND s.idle_until > ? AND s.absolute_until > ?
    ORDER BY s.created_at DESC, s.id DESC LIMIT ?`)
  const identity = sql.one<[appId: string, openId: string, userId: string], { id: number; unionId: string | null }>(
    'SELECT id, union_id AS unionId FROM identity WHERE app_id = ? AND open_id = ? AND user_id = ?',
  )
  const fillUnionId = sql.run<[unionId: string, identityId: number]>('UPDATE identity SET union_id = ? WHERE id = ?')
  const linkUnionId = sql.run<[unionId: string, userId: string]>(
    'INSERT INTO union_id (union_id, user_id) VALUES (?, ?) ON CONFLICT DO NOTHING',
  )

  const shred = sql.run<[Uint8Array, number, Uint8Array, string]>(
    'UPDATE "user" SET wrapped_key = ?, erased_at = ?, erased_by = ? WHERE id = ? AND erased_at IS NULL',
  )
  const erasure = sql.one<[userId: string, attempt: Uint8Array], { erasedAt: number }>(
    'SELECT erased_at AS erasedAt FROM "user" WHERE id = ? AND erased_by = ?',
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

  return {
    findAccount(userId: string): AccountRow | null {
      const row = ofUser(userId)
      return row ? accountOf(row) : null
    },
    findAccountOfSession(sessionId: string): (AccountRow & { readonly session: SessionRow }) | null {
      const row = ofSession(sessionId)
      if (!row) return null
      const { id, userId, appId, openId, device, counter, createdAt, idleUntil, absoluteUntil, endedAt } = row
      const session = { id, userId, appId, openId, device, counter, createdAt, idleUntil, absoluteUntil, endedAt }
      return { ...accountOf(row), session }
    },
    identitiesOf: (userId: string) => identities(userId),
    sessionsOf: (userId: string) => sessions(userId),
    liveSessionsOf: (userId: string, now: number, limit: number) => liveSessions(userId, now, now, limit),
    linkUnionId({ appId, openId, userId, unionId }: Omit<IdentityRow, 'unionId'> & { readonly unionId: string }): void {
      const found = identity(appId, openId, userId)
      if (!found || found.unionId !== null) return
      fillUnionId(unionId, found.id)
      linkUnionId(unionId, userId)
    },
    eraseUser({ now, userId, attempt, audit }: EraseUser): number | null {
      if (shred(shredded, now, attempt, userId) === 0) return erasure(userId, attempt)?.erasedAt ?? null
      closeMergesOf(userId, now)
      for (const remove of removals) remove(userId)
      removeSmsOf(userId, now)
      removeProfile(userId, now)
      if (audit) appendAudit(audit)
      return now
    },
  }
}

function accountOf(row: JoinedAccount): AccountRow {
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
