import type { EndSessionsOf, SessionEnd } from '../../ports/session-store.ts'
import type { RotateSession, RotateSessionOutcome, SessionRow } from '../../ports/store.ts'
import type { Statements, Step } from './statements.ts'

/** Of `session s` and its `identity i`. */
export const sessionColumns = `s.id, i.user_id AS "userId", i.app_id AS "appId", i.open_id AS "openId", s.device, s.counter,
  s.created_at AS "createdAt", s.idle_until AS "idleUntil", s.absolute_until AS "absoluteUntil", s.ended_at AS "endedAt"`

/** Sessions and the rotation of their refresh tokens. */
export function sessions(sql: Statements) {
  const find = sql.one<[sessionId: string], SessionRow>(
    `SELECT ${sessionColumns} FROM session s JOIN identity i ON i.id = s.identity_id WHERE s.id = ?`,
  )
  const lastAttempt = sql.hold<[sessionId: string], { attempt: Uint8Array | null }>(
    'SELECT last_attempt AS attempt FROM session WHERE id = ?',
  )
  const rotate = sql.run<[Uint8Array, number, string, number, number, number]>(`
    UPDATE session SET counter = counter + 1, last_attempt = ?, idle_until = ?
    WHERE id = ? AND counter = ? AND ended_at IS NULL AND idle_until > ? AND absolute_until > ?`)
  const end = sql.run<[now: number, reason: SessionEnd, sessionId: string]>(
    'UPDATE session SET ended_at = ?, ended_by = ? WHERE id = ? AND ended_at IS NULL',
  )
  // WeChat hands the same key to many logins: it goes with the last session that has it.
  const holdKey = sql.hold<[sessionId: string, sessionId: string], { identityId: number; id: string }>(`
    SELECT identity_id AS "identityId", id FROM session_key
    WHERE identity_id = (SELECT identity_id FROM session WHERE id = ?)
      AND id = (SELECT key_id FROM session WHERE id = ?) AND sealed IS NOT NULL`)
  const eraseKey = sql.run<[identityId: number, keyId: string, identityId: number, keyId: string]>(`
    UPDATE session_key SET sealed = NULL
    WHERE identity_id = ? AND id = ?
      AND NOT EXISTS (SELECT 1 FROM session WHERE identity_id = ? AND key_id = ? AND ended_at IS NULL)`)
  const unended = sql.all<[userId: string], { id: string }>(`
    SELECT s.id FROM identity i JOIN session s ON s.identity_id = i.id
    WHERE i.user_id = ? AND s.ended_at IS NULL ORDER BY s.id`)

  /** One UPDATE decides who ends it; the key is held before its sessions are looked at, so the last of them sees it. */
  function* endSession(sessionId: string, now: number, reason: SessionEnd): Step<boolean> {
    if ((yield* end(now, reason, sessionId)) === 0) return false
    const key = yield* holdKey(sessionId, sessionId)
    if (key) yield* eraseKey(key.identityId, key.id, key.identityId, key.id)
    return true
  }

  return {
    *findSession(sessionId: string): Step<SessionRow | null> {
      return (yield* find(sessionId)) ?? null
    },
    endSession,
    *endSessionsOf({ userId, now, reason, which }: EndSessionsOf): Step<readonly string[]> {
      const meant = (id: string) => ('only' in which ? id === which.only : id !== which.except)
      const ended: string[] = []
      for (const { id } of yield* unended(userId)) if (meant(id) && (yield* endSession(id, now, reason))) ended.push(id)
      return ended
    },
    /** One UPDATE decides who rotates; whoever did not, holds the session before it judges. */
    *rotateSession({ sessionId, counter, attempt, now, idleUntil }: RotateSession): Step<RotateSessionOutcome> {
      const rotated = (yield* rotate(attempt, idleUntil, sessionId, counter, now, now)) > 0
      const last = rotated ? undefined : yield* lastAttempt(sessionId)
      const session = yield* find(sessionId)
      if (session && rotated) return { status: 'rotated', session }
      if (!session || !isLive(session, now)) return { status: 'ended' }
      const isRetry = counter === session.counter - 1 && last?.attempt && Buffer.from(last.attempt).equals(attempt)
      if (isRetry) return { status: 'same-attempt', session }
      yield* endSession(sessionId, now, 'refresh-reused')
      return { status: 'reused', session: { ...session, endedAt: now } }
    },
  }
}

function isLive({ endedAt, idleUntil, absoluteUntil }: SessionRow, now: number): boolean {
  return endedAt === null && now < idleUntil && now < absoluteUntil
}
