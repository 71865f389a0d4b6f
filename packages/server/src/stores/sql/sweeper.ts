import { limits } from '../../domain/limits.ts'
import { closeMerges } from './close-merges.ts'
import type { Statements, Step } from './statements.ts'

/** Rows that one step removes: a few milliseconds, in which nothing else runs. */
const batch = 200

/**
 * Removes what nobody can use any more, a few rows a step. Each row goes by itself, and only while it is still past its
 * time: elsewhere somebody may have renewed it since it was found.
 */
export function sweeper(sql: Statements) {
  const kinds = {
    spent: remover('spent', 'id', 'until'),
    sms: remover('sms', 'id', 'until'),
    budgets: remover('budget', 'name', 'until'),
    jobs: remover('job', 'id', 'done_at'),
    traces: remover('request_trace', 'id', 'until'),
    hours: remover('tally', 'id', 'at', "unit = 'hour' AND "),
    days: remover('tally', 'id', 'at'),
    invitations: remover('operator_invitation', 'hash', 'until'),
    operatorSessions: remover('operator_session', 'id', 'idle_until'),
    exports: remover('export_request', 'id', 'until'),
  }
  const idleSessions = sql.all<[now: number, limit: number], { id: string; identityId: number; keyId: string | null }>(`
    SELECT id, identity_id AS "identityId", key_id AS "keyId" FROM session
    WHERE idle_until <= ? ORDER BY idle_until LIMIT ?`)
  const removeSession = sql.run<[sessionId: string, now: number]>(
    'DELETE FROM session WHERE id = ? AND idle_until <= ?',
  )
  const holdKey = sql.hold<[identityId: number, keyId: string], { id: string }>(
    'SELECT id FROM session_key WHERE identity_id = ? AND id = ?',
  )
  const removeUnusedKey = sql.run<[identityId: number, keyId: string, identityId: number, keyId: string]>(`
    DELETE FROM session_key
    WHERE identity_id = ? AND id = ? AND NOT EXISTS (SELECT 1 FROM session WHERE identity_id = ? AND key_id = ?)`)
  const { closeDueMerges } = closeMerges(sql)

  return {
    /** One step; answers how many rows went, 0 when nothing is left to do. */
    *sweepSome(now: number): Step<number> {
      const removed =
        (yield* kinds.spent(now)) ||
        (yield* kinds.sms(now)) ||
        (yield* kinds.budgets(now)) ||
        (yield* kinds.jobs(now - limits.doneJob)) ||
        (yield* kinds.traces(now)) ||
        (yield* kinds.hours(now - limits.hourTally)) ||
        (yield* kinds.days(now - limits.tally)) ||
        (yield* kinds.invitations(now)) ||
        (yield* kinds.operatorSessions(now)) ||
        (yield* kinds.exports(now - limits.exportListed)) ||
        (yield* closeDueMerges(now, batch))
      return removed > 0 ? removed : yield* sweepSessions(now)
    },
  }

  /** `only`: which rows, of those past their time. */
  function remover(table: string, key: string, time: string, only = '') {
    const due = sql.all<[until: number, limit: number], { key: string | number | Uint8Array }>(
      `SELECT ${key} AS "key" FROM ${table} WHERE ${only}${time} <= ? ORDER BY ${time} LIMIT ?`,
    )
    const remove = sql.run<[key: string | number | Uint8Array, until: number]>(
      `DELETE FROM ${table} WHERE ${key} = ? AND ${time} <= ?`,
    )
    return function* (until: number): Step<number> {
      let removed = 0
      for (const row of yield* due(until, batch)) removed += yield* remove(row.key, until)
      return removed
    }
  }

  function* sweepSessions(now: number): Step<number> {
    const idle = yield* idleSessions(now, batch)
    let removed = 0
    for (const { id } of idle) removed += yield* removeSession(id, now)
    for (const { identityId, keyId } of idle) if (keyId !== null) removed += yield* sweepKey(identityId, keyId)
    return removed
  }

  /** Whoever gives the key to a session holds it, so it is held before its sessions are looked for. */
  function* sweepKey(identityId: number, keyId: string): Step<number> {
    return (yield* holdKey(identityId, keyId)) ? yield* removeUnusedKey(identityId, keyId, identityId, keyId) : 0
  }
}
