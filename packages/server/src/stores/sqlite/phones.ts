import type { PhoneRow, RecordPhone, RecordPhoneOutcome } from '../../ports/store.ts'
import { claims } from './claims.ts'
import type { Statements } from './statements.ts'

const select = `
  SELECT phone_id AS id, user_id AS userId, sealed_number AS sealedNumber, blind_index AS blindIndex,
         country_code AS countryCode, source, verified_at AS verifiedAt, replaced_at AS replacedAt,
         replaced_reason AS replacedReason
  FROM phone`

/** Phone numbers: the current one of each user, and its history. */
export function phones(sql: Statements) {
  const current = sql.one<[userId: string], PhoneRow>(`${select} WHERE user_id = ? AND replaced_at IS NULL`)
  const byId = sql.one<[phoneId: string], PhoneRow>(`${select} WHERE phone_id = ?`)
  const ofUser = sql.all<[userId: string], PhoneRow>(`${select} WHERE user_id = ? ORDER BY id DESC`)
  const otherOwners = sql.all<[blindIndex: Uint8Array, userId: string], { userId: string; verifiedAt: number }>(`
    SELECT user_id AS userId, verified_at AS verifiedAt FROM phone
    WHERE blind_index = ? AND replaced_at IS NULL AND user_id <> ?`)
  const transfer = sql.run<[now: number, userId: string]>(`
    UPDATE phone SET replaced_at = ?, replaced_reason = 'transferred' WHERE user_id = ? AND replaced_at IS NULL`)
  const verifyAgain = sql.run<[verifiedAt: number, source: string, phoneId: string]>(
    'UPDATE phone SET verified_at = ?, source = ? WHERE phone_id = ?',
  )
  const replace = sql.run<[now: number, userId: string]>(
    'UPDATE phone SET replaced_at = ? WHERE user_id = ? AND replaced_at IS NULL',
  )
  const add = sql.run<[string, string, Uint8Array, Uint8Array, string, string, number, string]>(`
    INSERT INTO phone
      (phone_id, user_id, app_id, sealed_number, blind_index, country_code, source, verified_at)
    SELECT ?, id, ?, ?, ?, ?, ?, ? FROM "user" WHERE id = ? AND erased_at IS NULL`)
  const withdrawal = sql.one<[userId: string, askedAt: number], { found: 1 }>(`
    SELECT 1 AS found FROM consent
    WHERE user_id = ? AND at > ? AND status = 'withdrawn' AND scope <> 'profile' LIMIT 1`)
  const { settleClaims } = claims(sql)

  return {
    recordPhone(input: RecordPhone): RecordPhoneOutcome {
      if (withdrawal(input.userId, input.askedAt)) return { status: 'withdrawn' }
      const known = current(input.userId)
      const outcome =
        known && (known.id === input.sameAs || Buffer.from(known.blindIndex).equals(input.phone.blindIndex))
          ? confirm(known, input)
          : change(known, input)
      if ('phone' in outcome) settleClaims(input.claims, outcome.phone.id, outcome.status)
      return outcome
    },
    currentPhone: (userId: string) => current(userId) ?? null,
    findPhone: (phoneId: string) => byId(phoneId) ?? null,
    phonesOf: (userId: string) => ofUser(userId),
  }

  function confirm(known: PhoneRow, { phone: { verifiedAt, source } }: RecordPhone): RecordPhoneOutcome {
    if (verifiedAt <= known.verifiedAt) return { status: 'unchanged', phone: known }
    verifyAgain(verifiedAt, source, known.id)
    return { status: 'unchanged', phone: { ...known, verifiedAt, source } }
  }

  function change(known: PhoneRow | undefined, input: RecordPhone): RecordPhoneOutcome {
    const { now, appId, userId, conflict, phone } = input
    const owners = conflict.rule === 'keep-both' ? [] : conflict.indexes.flatMap(index => otherOwners(index, userId))
    if (conflict.rule === 'reject' && owners.length > 0) return { status: 'taken' }
    if (conflict.rule === 'transfer' && owners.some(owner => owner.verifiedAt > conflict.provedBefore))
      return { status: 'cooling' }
    const { id, sealedNumber, blindIndex, countryCode, source, verifiedAt } = phone
    if (known) replace(now, userId)
    const added = add(id, appId, sealedNumber, blindIndex, countryCode, source, verifiedAt, userId)
    // Whoever has a phone was not erased, so nothing was replaced then.
    if (added === 0) return { status: 'user-gone' }
    for (const owner of owners) transfer(now, owner.userId)
    return {
      status: known ? 'replaced' : 'bound',
      phone: { ...phone, userId, replacedAt: null, replacedReason: null },
      ...(owners.length > 0 ? { from: owners.map(owner => owner.userId) } : {}),
    }
  }
}
