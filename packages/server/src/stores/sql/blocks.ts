import type { AuditDraft } from '../../domain/audit-entry.ts'
import type { BlockRow, BlockUser } from '../../ports/block-store.ts'
import { auditLog } from './audit-log.ts'
import { sessions } from './sessions.ts'
import type { Statements, Step } from './statements.ts'

/** Users whom operators keep out. */
export function blocks(sql: Statements) {
  const find = sql.one<[userId: string], BlockRow>(`
    SELECT user_id AS "userId", blocked_at AS "blockedAt", blocked_by AS "blockedBy", reason
    FROM user_block WHERE user_id = ?`)
  const findLive = sql.one<[userId: string], { id: string }>('SELECT id FROM "user" WHERE id = ? AND erased_at IS NULL')
  const add = sql.add<[userId: string, at: number, by: string, reason: string]>(
    'INSERT INTO user_block (user_id, blocked_at, blocked_by, reason) VALUES (?, ?, ?, ?)',
  )
  const remove = sql.run<[userId: string]>('DELETE FROM user_block WHERE user_id = ?')
  const { endSessionsOf } = sessions(sql)
  const { appendAudit } = auditLog(sql)

  return {
    *findBlock(userId: string): Step<BlockRow | null> {
      return (yield* find(userId)) ?? null
    },
    /** Whoever logs an existing user in holds them too. */
    *blockUser({ userId, blockedAt, blockedBy, reason, audit }: BlockUser): Step<readonly string[] | null> {
      yield* sql.holdUser(userId)
      if (!(yield* findLive(userId))) return null
      const added = yield* add(userId, blockedAt, blockedBy, reason)
      const which = { except: null }
      const ended = yield* endSessionsOf({ userId, now: blockedAt, reason: 'operator', which })
      if (added) yield* appendAudit(audit)
      return ended
    },
    *unblockUser(userId: string, audit: AuditDraft): Step<boolean> {
      if ((yield* remove(userId)) === 0) return false
      yield* appendAudit(audit)
      return true
    },
  }
}
