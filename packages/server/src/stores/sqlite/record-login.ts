// Reads better whole: everything that one login writes.
import type { RecordLogin, RecordLoginOutcome } from '../../ports/store.ts'
import { keepSessionKey } from './keep-session-key.ts'
import type { Statements } from './statements.ts'

interface SpentRow {
  readonly attempt: Uint8Array
  readonly loginId: string | null
  readonly sessionId: string | null
}

/** The step of {@link RecordLogin}. Whatever can refuse it is asked before the first row is written. */
export function recordLogin(sql: Statements): (input: RecordLogin) => RecordLoginOutcome {
  const findIdentity = sql.one<[string, string], { id: number; unionId: string | null; userId: string }>(
    'SELECT id, union_id AS unionId, user_id AS userId FROM identity WHERE app_id = ? AND open_id = ?',
  )
  const findUnionId = sql.one<[string], { userId: string }>('SELECT user_id AS userId FROM union_id WHERE union_id = ?')
  const findSpent = sql.one<[Uint8Array, string, string], SpentRow>(`
    SELECT attempt, login_id AS loginId, session_id AS sessionId FROM spent
    WHERE hash = ? AND app_id = ? AND kind = ?`)
  const spend = sql.run<[Uint8Array, string, string, Uint8Array, number, number, string, string]>(`
    INSERT INTO spent (hash, app_id, kind, attempt, claimed_at, until, login_id, session_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`)
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
  const linkUnionId = sql.run<[string, string]>(
    'INSERT INTO union_id (union_id, user_id) VALUES (?, ?) ON CONFLICT DO NOTHING',
  )
  const addSession = sql.run<[string, string, number, string | null, string, number, number, number]>(`
    INSERT INTO session (id, login_id, identity_id, key_id, device, counter, created_at, idle_until, absolute_until)
    VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?)`)
  const keepKey = keepSessionKey(sql)

  return input => {
    const { now, appId, openId, unionId, user, session, loginId, sessionKey } = input
    const identity = findIdentity(appId, openId)
    if (!isAsRead(input, identity)) return earlierLogin(input) ?? { status: 'user-exists' }
    if (!spendCode(input)) return earlierLogin(input) ?? { status: 'user-exists' }
    if (user.create) addUser(user.id, user.create.wrappedKey, now)
    const identityId = identity?.id ?? addIdentity(appId, openId, unionId, user.id)
    let unionIdOf: string | undefined
    if (unionId !== null && !identity?.unionId) {
      if (identity) fillUnionId(unionId, identityId)
      if (linkUnionId(unionId, user.id) === 0) unionIdOf = findUnionId(unionId)?.userId
    }
    const keyId = sessionKey && keepKey(identityId, sessionKey, now)
    addSession(session.id, loginId, identityId, keyId, session.device, now, session.idleUntil, session.absoluteUntil)
    return { status: 'recorded', ...(unionIdOf !== undefined && unionIdOf !== user.id ? { unionIdOf } : {}) }
  }

  /** A new identity makes a new user, or joins the one whom its unionid names. */
  function isAsRead({ user, unionId }: RecordLogin, identity: { userId: string } | undefined): boolean {
    if (identity) return user.create === null && identity.userId === user.id
    const linked = unionId === null ? undefined : findUnionId(unionId)?.userId
    return linked === (user.create ? undefined : user.id)
  }

  /** False when a login has it. A claim without a login is taken over: WeChat's answer proves whose the code was. */
  function spendCode({ now, loginId, session, claim }: RecordLogin): boolean {
    const { hash, appId, kind, attempt, until } = claim
    return (
      spend(hash, appId, kind, attempt, now, until, loginId, session.id) > 0 ||
      spendClaimed(attempt, now, until, loginId, session.id, hash, appId, kind) > 0
    )
  }

  function earlierLogin({ claim }: RecordLogin): RecordLoginOutcome | null {
    const row = findSpent(claim.hash, claim.appId, claim.kind)
    if (!row?.loginId || !row.sessionId) return null
    const sameAttempt = Buffer.from(row.attempt).equals(claim.attempt)
    return { status: 'code-spent', sameAttempt, loginId: row.loginId, sessionId: row.sessionId }
  }
}
