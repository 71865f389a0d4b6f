// Reads better whole: everything that one login writes.
import type { RecordLogin, RecordLoginOutcome } from '../../ports/store.ts'
import { keepSessionKey } from './keep-session-key.ts'
import { Raced, type Statements, type Step } from './statements.ts'

interface SpentRow {
  readonly attempt: Uint8Array
  readonly loginId: string | null
  readonly sessionId: string | null
}

interface Owner {
  readonly userId: string
  /** Whoever blocks a user holds them, as a login does. */
  readonly blockedAt: number | null
}

/**
 * The step of {@link RecordLogin}. Whatever can refuse it is asked before the first row is written.
 *
 * An identity that is there changes only with its user, who is held. Of first logins at once the unique keys of openid
 * and unionid let one through: the others find it written when they run again.
 */
export function recordLogin(sql: Statements): (input: RecordLogin) => Step<RecordLoginOutcome> {
  const findIdentity = sql.one<[string, string], Owner & { id: number; unionId: string | null }>(`
    SELECT i.id, i.union_id AS "unionId", i.user_id AS "userId", b.blocked_at AS "blockedAt"
    FROM identity i LEFT JOIN user_block b ON b.user_id = i.user_id WHERE i.app_id = ? AND i.open_id = ?`)
  const findUnionId = sql.one<[string], Owner>(`
    SELECT l.user_id AS "userId", b.blocked_at AS "blockedAt"
    FROM union_id l LEFT JOIN user_block b ON b.user_id = l.user_id WHERE l.union_id = ?`)
  const findSpent = sql.one<[Uint8Array, string, string], SpentRow>(`
    SELECT attempt, login_id AS "loginId", session_id AS "sessionId" FROM spent
    WHERE hash = ? AND app_id = ? AND kind = ?`)
  const spend = sql.add<[Uint8Array, string, string, Uint8Array, number, number, string, string]>(`
    INSERT INTO spent (hash, app_id, kind, attempt, claimed_at, until, login_id, session_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
  const spendClaimed = sql.run<[Uint8Array, number, number, string, string, Uint8Array, string, string]>(`
    UPDATE spent SET attempt = ?, claimed_at = ?, until = ?, login_id = ?, session_id = ?
    WHERE hash = ? AND app_id = ? AND kind = ? AND login_id IS NULL`)
  const addUser = sql.run<[string, Uint8Array, number]>(
    'INSERT INTO "user" (id, wrapped_key, created_at) VALUES (?, ?, ?)',
  )
  const addIdentity = sql.insert<[string, string, string | null, string]>(
    'INSERT INTO identity (app_id, open_id, union_id, user_id) VALUES (?, ?, ?, ?)',
  )
  const fillUnionId = sql.run<[string, number]>('UPDATE identity SET union_id = ? WHERE id = ? AND union_id IS NULL')
  const linkUnionId = sql.add<[string, string]>('INSERT INTO union_id (union_id, user_id) VALUES (?, ?)')
  const addSession = sql.run<[string, string, number, string | null, string, number, number, number]>(`
    INSERT INTO session (id, login_id, identity_id, key_id, device, counter, created_at, idle_until, absolute_until)
    VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?)`)
  const keepKey = keepSessionKey(sql)

  return function* (input) {
    const { now, appId, openId, unionId, user, session, loginId, sessionKey } = input
    const { hash, kind, attempt, until, appId: claimApp } = input.claim
    if (!user.create) yield* sql.holdUser(user.id)
    const identity = yield* findIdentity(appId, openId)
    // A new identity makes a new user, or joins the one whom its unionid names.
    const owner = identity ?? (unionId === null ? undefined : yield* findUnionId(unionId))
    const isAsRead = user.create ? !owner : owner?.userId === user.id
    if (isAsRead && owner && owner.blockedAt !== null) return { status: 'blocked' }
    // A claim without a login is taken over: WeChat's answer proves whose the code was.
    const isSpent =
      isAsRead &&
      ((yield* spend(hash, claimApp, kind, attempt, now, until, loginId, session.id)) ||
        (yield* spendClaimed(attempt, now, until, loginId, session.id, hash, claimApp, kind)) > 0)
    if (!isSpent) return earlierLogin(yield* findSpent(hash, claimApp, kind), attempt) ?? { status: 'user-exists' }
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
    const keyId = sessionKey && (yield* keepKey(identityId, sessionKey, now))
    const { id, device, idleUntil, absoluteUntil } = session
    yield* addSession(id, loginId, identityId, keyId, device, now, idleUntil, absoluteUntil)
    return { status: 'recorded', ...(unionIdOf !== undefined && unionIdOf !== user.id ? { unionIdOf } : {}) }
  }
}

function earlierLogin(row: SpentRow | undefined, attempt: Uint8Array): RecordLoginOutcome | null {
  if (!row?.loginId || !row.sessionId) return null
  const sameAttempt = Buffer.from(row.attempt).equals(attempt)
  return { status: 'code-spent', sameAttempt, loginId: row.loginId, sessionId: row.sessionId }
}
