import type { ConsentRow, RecordConsent, WithdrawConsent } from '../../ports/consent-store.ts'
import { closeMerges } from './close-merges.ts'
import { profiles } from './profiles.ts'
import { removeSms } from './remove-sms.ts'
import type { Statements } from './statements.ts'

const select = 'SELECT app_id AS appId, scope, status, version, text_hash AS textHash, at FROM consent'

/** The history of consents. */
export function consents(sql: Statements) {
  const ofUser = sql.all<[userId: string], ConsentRow>(`${select} WHERE user_id = ? ORDER BY id DESC`)
  const byAttempt = sql.one<[userId: string, attempt: Uint8Array], ConsentRow>(
    `${select} WHERE user_id = ? AND attempt = ?`,
  )
  const newest = sql.one<[userId: string, appId: string, scope: string], ConsentRow>(
    `${select} WHERE user_id = ? AND app_id = ? AND scope = ? ORDER BY id DESC LIMIT 1`,
  )
  const newestId = `(
    SELECT id FROM consent WHERE user_id = ? AND app_id = ? AND scope = ? ORDER BY id DESC LIMIT 1)`
  const newestOfTwo = sql.one<[string, string, string, string, string, 'privacy'], ConsentRow>(
    `${select} WHERE id IN (${newestId}, ${newestId}) ORDER BY id DESC LIMIT 1`,
  )
  const add = sql.run<
    [string, string, ConsentRow['status'], string | null, string | null, Uint8Array, number, string]
  >(`
    INSERT INTO consent (app_id, scope, status, version, text_hash, attempt, at, user_id)
    SELECT ?, ?, ?, ?, ?, ?, ?, id FROM "user" WHERE id = ? AND erased_at IS NULL
    ON CONFLICT DO NOTHING`)
  const removePhones = sql.run<[userId: string]>('DELETE FROM phone WHERE user_id = ?')
  const { removeProfile } = profiles(sql)
  const { removeSmsOf } = removeSms(sql)
  const { closeMergesOf } = closeMerges(sql)

  return {
    recordConsent(input: RecordConsent): ConsentRow | null {
      const { now, userId, appId, scope, version, textHash, attempt } = input
      add(appId, scope, 'given', version, textHash, attempt, now, userId)
      return byAttempt(userId, attempt) ?? null
    },
    withdrawConsent({ now, userId, appId, scope, attempt }: WithdrawConsent): ConsentRow | null {
      closeMergesOf(userId, now)
      if (scope !== 'profile') removeSmsOf(userId, now)
      const phones = scope === 'profile' ? 0 : removePhones(userId)
      const profile = scope === 'phone' ? false : removeProfile(userId, now)
      const last = newest(userId, appId, scope)
      if (last?.status === 'withdrawn' && phones === 0 && !profile) return last
      add(appId, scope, 'withdrawn', last?.version ?? null, last?.textHash ?? null, attempt, now, userId)
      return byAttempt(userId, attempt) ?? null
    },
    /** Adds a withdrawal when the last line gave the consent, at `until` or before. */
    withdrawGiven({ now, userId, appId, scope, attempt }: WithdrawConsent, until: number): boolean {
      const last = newest(userId, appId, scope)
      if (last?.status !== 'given' || last.at > until) return false
      const ofScope = Buffer.concat([attempt, Buffer.from(scope)])
      return add(appId, scope, 'withdrawn', last.version, last.textHash, ofScope, now, userId) > 0
    },
    newestConsent: (userId: string, appId: string, scope: 'phone' | 'profile') =>
      newestOfTwo(userId, appId, scope, userId, appId, 'privacy') ?? null,
    consentsOf: (userId: string) => ofUser(userId),
  }
}
