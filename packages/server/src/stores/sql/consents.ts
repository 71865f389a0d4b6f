import { listedRows } from '../../domain/limits.ts'
import type { ConsentLine, ConsentRow, RecordConsent, WithdrawConsent } from '../../ports/consent-store.ts'
import type { Page } from '../../ports/page.ts'
import { behindAllRows } from './behind-all.ts'
import { closeMerges } from './close-merges.ts'
import { holdLiveUser } from './hold-users.ts'
import { profiles } from './profiles.ts'
import { removeSms } from './remove-sms.ts'
import type { Statements, Step } from './statements.ts'

const columns = 'app_id AS "appId", scope, status, version, text_hash AS "textHash", attempt, at'
const select = `SELECT ${columns} FROM consent`

type Line = [
  userId: string,
  appId: string,
  scope: string,
  status: ConsentRow['status'],
  version: string | null,
  textHash: string | null,
  attempt: Uint8Array,
  at: number,
]

/** The history of consents. */
export function consents(sql: Statements) {
  const before = sql.all<[userId: string, before: number, limit: number], ConsentRow>(
    `${select} WHERE user_id = ? AND id < ? ORDER BY id DESC LIMIT ?`,
  )
  const after = sql.all<[row: number, limit: number], ConsentLine>(
    `SELECT id AS "row", user_id AS "userId", ${columns} FROM consent WHERE id > ? ORDER BY id LIMIT ?`,
  )
  const rowNumber = sql.one<[userId: string, attempt: Uint8Array], { id: number }>(
    'SELECT id FROM consent WHERE user_id = ? AND attempt = ?',
  )
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
  const insert = sql.add<Line>(`
    INSERT INTO consent (user_id, app_id, scope, status, version, text_hash, attempt, at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
  const holdLive = holdLiveUser(sql)
  const removePhones = sql.run<[userId: string]>('DELETE FROM phone WHERE user_id = ?')
  const { removeProfile } = profiles(sql)
  const { removeSmsOf } = removeSms(sql)
  const { closeMergesOf } = closeMerges(sql)

  return {
    *recordConsent(input: RecordConsent): Step<ConsentRow | null> {
      const { now, userId, appId, scope, version, textHash, attempt } = input
      yield* add(userId, appId, scope, 'given', version, textHash, attempt, now)
      return (yield* byAttempt(userId, attempt)) ?? null
    },
    *withdrawConsent({ now, userId, appId, scope, attempt }: WithdrawConsent): Step<ConsentRow | null> {
      yield* sql.holdUser(userId)
      yield* closeMergesOf(userId, now)
      if (scope !== 'profile') yield* removeSmsOf(userId, now)
      const phones = scope === 'profile' ? 0 : yield* removePhones(userId)
      const profile = scope === 'phone' ? false : yield* removeProfile(userId, now)
      const last = yield* newest(userId, appId, scope)
      if (last?.status === 'withdrawn' && phones === 0 && !profile) return last
      yield* add(userId, appId, scope, 'withdrawn', last?.version ?? null, last?.textHash ?? null, attempt, now)
      return (yield* byAttempt(userId, attempt)) ?? null
    },
    /** Adds a withdrawal when the last line gave the consent, at `until` or before. The user is held. */
    *withdrawGiven({ now, userId, appId, scope, attempt }: WithdrawConsent, until: number): Step<boolean> {
      const last = yield* newest(userId, appId, scope)
      if (last?.status !== 'given' || last.at > until) return false
      const ofScope = Buffer.concat([attempt, Buffer.from(scope)])
      return yield* add(userId, appId, scope, 'withdrawn', last.version, last.textHash, ofScope, now)
    },
    *newestConsent(userId: string, appId: string, scope: 'phone' | 'profile'): Step<ConsentRow | null> {
      return (yield* newestOfTwo(userId, appId, scope, userId, appId, 'privacy')) ?? null
    },
    *consentsOf(userId: string, { after = null, limit = listedRows }: Page = {}): Step<readonly ConsentRow[]> {
      const place = after === null ? { id: behindAllRows } : yield* rowNumber(userId, Buffer.from(after, 'hex'))
      return place ? yield* before(userId, place.id, limit) : []
    },
    consentLinesAfter: (row: number, limit: number): Step<readonly ConsentLine[]> => after(row, limit),
  }

  /** Nothing is added for a user who is gone. */
  function* add(...line: Line): Step<boolean> {
    return (yield* holdLive(line[0])) !== undefined && (yield* insert(...line))
  }
}
