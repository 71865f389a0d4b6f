// Reads better whole: everything that one login writes.
import type { RecordLogin, RecordLoginOutcome } from '../../ports/store.ts'
import { keepIdentity } from './keep-identity.ts'
import { keepSessionKey } from './keep-session-key.ts'
import type { Statements, Step } from './statements.ts'

interface SpentRow {
  readonly attempt: Uint8Array
  readonly loginId: string | null
  readonly sessionId: string | null
}

/** The step of {@link RecordLogin}. Whatever can refuse it is asked before the first row is written. */
export function recordLogin(sql: Statements): (input: RecordLogin) => Step<RecordLoginOutcome> {
  const findSpent = sql.one<[Uint8Array, string, string], SpentRow>(`
    SELECT attempt, login_id AS "loginId", session_id AS "sessionId" FROM spent
    WHERE hash = ? AND app_id = ? AND kind = ?`)
  const spend = sql.add<[Uint8Array, string, string, Uint8Array, number, number, string, string]>(`
    INSERT INTO spent (hash, app_id, kind, attempt, claimed_at, until, login_id, session_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
  const spendClaimed = sql.run<[Uint8Array, number, number, string, string, Uint8Array, string, string]>(`
    UPDATE spent SET attempt = ?, claimed_at = ?, until = ?, login_id = ?, session_id = ?
    WHERE hash = ? AND app_id = ? AND kind = ? AND login_id IS NULL`)
  const addSession = sql.run<[string, string, number, string | null, string, number, number, number]>(`
    INSERT INTO session (id, login_id, identity_id, key_id, device, counter, created_at, idle_until, absolute_until)
    VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?)`)
  const { findOwner, writeIdentity } = keepIdentity(sql)
  const keepKey = keepSessionKey(sql)

  return function* (input) {
    const { now, session, loginId, sessionKey } = input
    const { hash, kind, attempt, until, appId: claimApp } = input.claim
    const { identity, owner, isAsRead } = yield* findOwner(input)
    if (isAsRead && owner && owner.blockedAt !== null) return { status: 'blocked' }
    // A claim without a login is taken over: WeChat's answer proves whose the code was.
    const isSpent =
      isAsRead &&
      ((yield* spend(hash, claimApp, kind, attempt, now, until, loginId, session.id)) ||
        (yield* spendClaimed(attempt, now, until, loginId, session.id, hash, claimApp, kind)) > 0)
    if (!isSpent) return earlierLogin(yield* findSpent(hash, claimApp, kind), attempt) ?? { status: 'user-exists' }
    const { identityId, unionIdOf } = yield* writeIdentity(input, identity)
    const keyId = sessionKey && (yield* keepKey(identityId, sessionKey, now))
    const { id, device, idleUntil, absoluteUntil } = session
    yield* addSession(id, loginId, identityId, keyId, device, now, idleUntil, absoluteUntil)
    return { status: 'recorded', ...(unionIdOf === undefined ? {} : { unionIdOf }) }
  }
}

function earlierLogin(row: SpentRow | undefined, attempt: Uint8Array): RecordLoginOutcome | null {
  if (!row?.loginId || !row.sessionId) return null
  const sameAttempt = Buffer.from(row.attempt).equals(attempt)
  return { status: 'code-spent', sameAttempt, loginId: row.loginId, sessionId: row.sessionId }
}
