import { listedRows } from '../../domain/limits.ts'
import type { Page } from '../../ports/page.ts'
import type { PhoneRow, RecordPhone, RecordPhoneOutcome } from '../../ports/store.ts'
import { behindAllRows } from './behind-all.ts'
import { claims, type PhoneChange } from './claims.ts'
import { holdLiveUser } from './hold-users.ts'
import { Raced, type Statements, type Step } from './statements.ts'

const select = `
  SELECT phone_id AS id, user_id AS "userId", sealed_number AS "sealedNumber", blind_index AS "blindIndex",
         country_code AS "countryCode", source, verified_at AS "verifiedAt", replaced_at AS "replacedAt",
         replaced_reason AS "replacedReason"
  FROM phone`

interface Owner {
  readonly id: string
  readonly userId: string
  readonly verifiedAt: number
}

/** Phone numbers: the current one of each user, and its history. */
export function phones(sql: Statements) {
  const current = sql.one<[userId: string], PhoneRow>(`${select} WHERE user_id = ? AND replaced_at IS NULL`)
  const byId = sql.one<[phoneId: string], PhoneRow>(`${select} WHERE phone_id = ?`)
  const before = sql.all<[userId: string, before: number, limit: number], PhoneRow>(
    `${select} WHERE user_id = ? AND phone.id < ? ORDER BY phone.id DESC LIMIT ?`,
  )
  const rowNumber = sql.one<[phoneId: string], { id: number }>('SELECT id FROM phone WHERE phone_id = ?')
  const otherOwners = sql.all<[blindIndex: Uint8Array, userId: string], Owner>(`
    SELECT phone_id AS id, user_id AS "userId", verified_at AS "verifiedAt" FROM phone
    WHERE blind_index = ? AND replaced_at IS NULL AND user_id <> ?`)
  const transfer = sql.run<[now: number, id: string, userId: string, verifiedAt: number]>(`
    UPDATE phone SET replaced_at = ?, replaced_reason = 'transferred'
    WHERE phone_id = ? AND user_id = ? AND verified_at = ? AND replaced_at IS NULL`)
  const verifyAgain = sql.run<[verifiedAt: number, source: string, phoneId: string]>(
    'UPDATE phone SET verified_at = ?, source = ? WHERE phone_id = ?',
  )
  const replace = sql.run<[now: number, userId: string]>(
    'UPDATE phone SET replaced_at = ? WHERE user_id = ? AND replaced_at IS NULL',
  )
  const add = sql.run<[string, string, string, Uint8Array, Uint8Array, string, string, number]>(`
    INSERT INTO phone
      (phone_id, user_id, app_id, sealed_number, blind_index, country_code, source, verified_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
  const holdLive = holdLiveUser(sql)
  const withdrawal = sql.one<[userId: string, askedAt: number], { found: 1 }>(`
    SELECT 1 AS found FROM consent
    WHERE user_id = ? AND at > ? AND status = 'withdrawn' AND scope <> 'profile' LIMIT 1`)
  const { findSpent, settleClaims, spend } = claims(sql)

  return {
    *recordPhone(input: RecordPhone): Step<RecordPhoneOutcome> {
      yield* sql.holdUser(input.userId)
      const found = input.spends && (yield* findSpent(input.spends))
      if (found) return { status: 'spent-before', found }
      if (yield* withdrawal(input.userId, input.askedAt)) return { status: 'withdrawn' }
      const known = yield* current(input.userId)
      const outcome =
        known && (known.id === input.sameAs || Buffer.from(known.blindIndex).equals(input.phone.blindIndex))
          ? yield* confirm(known, input)
          : yield* change(known, input)
      if ('phone' in outcome) yield* settle(input, outcome.phone.id, outcome.status)
      return outcome
    },
    *currentPhone(userId: string): Step<PhoneRow | null> {
      return (yield* current(userId)) ?? null
    },
    *findPhone(phoneId: string): Step<PhoneRow | null> {
      return (yield* byId(phoneId)) ?? null
    },
    *phonesOf(userId: string, { after = null, limit = listedRows }: Page = {}): Step<readonly PhoneRow[]> {
      const place = after === null ? { id: behindAllRows } : yield* rowNumber(after)
      return place ? yield* before(userId, place.id, limit) : []
    },
  }

  function* settle({ claims, spends, now }: RecordPhone, phoneId: string, change: PhoneChange): Step<void> {
    yield* settleClaims(claims, phoneId, change)
    if (spends) yield* spend(spends, now, phoneId, change)
  }

  function* confirm(known: PhoneRow, { phone: { verifiedAt, source } }: RecordPhone): Step<RecordPhoneOutcome> {
    if (verifiedAt <= known.verifiedAt) return { status: 'unchanged', phone: known }
    yield* verifyAgain(verifiedAt, source, known.id)
    return { status: 'unchanged', phone: { ...known, verifiedAt, source } }
  }

  function* change(known: PhoneRow | undefined, input: RecordPhone): Step<RecordPhoneOutcome> {
    const { now, appId, userId, conflict, phone } = input
    const owners = conflict.rule === 'keep-both' ? [] : yield* ownersOf(conflict.indexes, userId)
    if (conflict.rule === 'reject' && owners.length > 0) return { status: 'taken' }
    if (conflict.rule === 'transfer' && owners.some(owner => owner.verifiedAt > conflict.provedBefore))
      return { status: 'cooling' }
    const { id, sealedNumber, blindIndex, countryCode, source, verifiedAt } = phone
    // Whoever has a phone was not erased.
    if (known) yield* replace(now, userId)
    else if (!(yield* holdLive(userId))) return { status: 'user-gone' }
    yield* add(id, userId, appId, sealedNumber, blindIndex, countryCode, source, verifiedAt)
    for (const owner of owners) yield* takeFrom(owner, now)
    return {
      status: known ? 'replaced' : 'bound',
      phone: { ...phone, userId, replacedAt: null, replacedReason: null },
      ...(owners.length > 0 ? { from: owners.map(owner => owner.userId) } : {}),
    }
  }

  /** The numbers are held, in the order in which everybody does, so nobody else becomes an owner meanwhile. */
  function* ownersOf(indexes: readonly Uint8Array[], userId: string): Step<readonly Owner[]> {
    const owners: Owner[] = []
    for (const index of [...indexes].sort(Buffer.compare)) yield* sql.holdName(index)
    for (const index of indexes) owners.push(...(yield* otherOwners(index, userId)))
    return owners
  }

  /** The owner is not held: the number must be as it was read. */
  function* takeFrom({ id, userId, verifiedAt }: Owner, now: number): Step<void> {
    if ((yield* transfer(now, id, userId, verifiedAt)) === 0) throw new Raced()
  }
}
