import type { Statements } from './statements.ts'

/** Messages with a one-time code hold a number too: they go when the phones go, and their code with them. */
export function removeSms(sql: Statements) {
  return {
    removeSmsOf: sql.run<[userId: string, until: number]>('DELETE FROM sms WHERE user_id = ? AND opened_at <= ?'),
  }
}
