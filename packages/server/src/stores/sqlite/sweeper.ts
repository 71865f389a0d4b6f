import { limits } from '../../domain/limits.ts'
import { closeMerges } from './close-merges.ts'
import type { Statements } from './statements.ts'

/** Rows that one step removes: a few milliseconds, in which nothing else runs. */
const batch = 200

/** Removes what nobody can use any more, a few rows a step. */
export function sweeper(sql: Statements) {
  const removeSpent = sql.run<[now: number, limit: number]>(
    'DELETE FROM spent WHERE id IN (SELECT id FROM spent WHERE until <= ? ORDER BY until LIMIT ?)',
  )
  const removeSms = sql.run<[now: number, limit: number]>(
    'DELETE FROM sms WHERE id IN (SELECT id FROM sms WHERE until <= ? ORDER BY until LIMIT ?)',
  )
  const removeBudgets = sql.run<[now: number, limit: number]>(
    'DELETE FROM budget WHERE name IN (SELECT name FROM budget WHERE until <= ? ORDER BY until LIMIT ?)',
  )
  const removeJobs = sql.run<[doneBefore: number, limit: number]>(
    'DELETE FROM job WHERE id IN (SELECT id FROM job WHERE done_at <= ? ORDER BY done_at LIMIT ?)',
  )
  const idleSessions = sql.all<[now: number, limit: number], { id: string; keyId: string | null }>(
    'SELECT id, key_id AS keyId FROM session WHERE idle_until <= ? ORDER BY idle_until LIMIT ?',
  )
  const removeSession = sql.run<[sessionId: string]>('DELETE FROM session WHERE id = ?')
  const removeUnusedKey = sql.run<[keyId: string, keyId: string]>(
    'DELETE FROM session_key WHERE id = ? AND NOT EXISTS (SELECT 1 FROM session WHERE key_id = ?)',
  )

  const { closeDueMerges } = closeMerges(sql)

  return {
    /** One step; answers how many rows went, 0 when nothing is left to do. */
    sweepSome(now: number): number {
      const removed =
        removeSpent(now, batch) ||
        removeSms(now, batch) ||
        removeBudgets(now, batch) ||
        removeJobs(now - limits.doneJob, batch) ||
        closeDueMerges(now, batch)
      return removed > 0 ? removed : sweepSessions(now)
    },
  }

  function sweepSessions(now: number): number {
    const idle = idleSessions(now, batch)
    for (const { id } of idle) removeSession(id)
    const keys = idle.map(({ keyId }) => (keyId === null ? 0 : removeUnusedKey(keyId, keyId)))
    return idle.length + keys.reduce((sum, one) => sum + one, 0)
  }
}
