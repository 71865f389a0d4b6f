import type { PhoneAnswer, PhoneSource } from '@weapp-auth/protocol/contract'
import type { WechatPhone } from '@weapp-auth/protocol/wechat'
import type { Apps } from '../domain/app-policy.ts'
import type { Ids } from '../domain/ids.ts'
import { phoneAnswer } from '../domain/phone-answer.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { UserKey, Vault } from '../keys/vault.ts'
import type { Clock } from '../ports/clock.ts'
import type { Observe } from '../ports/observer.ts'
import type { Claim, ClaimOutcome, PhoneConflictRule, PhoneRow, Store } from '../ports/store.ts'
import { openPhone, phonePlace } from './open-phone.ts'
import type { Session } from './session.ts'

export interface PhoneBookTools {
  readonly apps: Apps
  readonly store: Store
  readonly vault: Vault
  readonly clock: Clock
  readonly newId: Ids
  readonly tell: Observe
}

/** A number that was proved, on its way to the user's history. */
interface ConfirmedPhone {
  readonly session: Session
  /** When the request came: what the user withdraws while WeChat is asked counts. */
  readonly askedAt: number
  readonly phone: Pick<WechatPhone, 'number' | 'countryCode' | 'at'>
  readonly source: PhoneSource
  /** Every code that this number settles. */
  readonly claims: readonly Claim[]
  /** A ciphertext that this number spends. */
  readonly spends?: Claim
  /** Where they have been opened already. */
  readonly owner?: PhoneOwner
  readonly requestId: string
}

/** Whose number it will be, and the one they have. What changes meanwhile is settled by the store. */
interface PhoneOwner {
  readonly key: UserKey
  readonly current: PhoneRow | null
}

/** Writes numbers down, and finds what an earlier attempt wrote. */
export interface PhoneBook {
  /** Throws ProblemError token_invalid. */
  openOwner(userId: string): Promise<PhoneOwner>
  record(input: ConfirmedPhone): Promise<PhoneAnswer>
  /**
   * What a claim that was not given says to the caller: the first answer again when the same attempt has finished.
   * `spent` is the problem of everybody else.
   */
  repeat(session: Session, found: ClaimOutcome, spent: () => ProblemError): Promise<PhoneAnswer>
}

/** Sealing, blind index and history of phone numbers: the part that both ways of proving a number share. */
export function createPhoneBook({ apps, store, vault, clock, newId, tell }: PhoneBookTools): PhoneBook {
  return {
    openOwner,
    async record({ session, askedAt, phone, source, claims, spends, owner, requestId }) {
      const { appId, userId } = session
      const { number, countryCode, at } = phone
      const { key, current } = owner ?? (await openOwner(userId))
      // One number has another index in every app, and under every root key.
      const same = current && key.open(current.sealedNumber, phonePlace(current.id)) === number
      const id = newId()
      const outcome = await store.recordPhone({
        now: clock.now(),
        askedAt,
        appId,
        userId,
        phone: {
          id,
          sealedNumber: key.seal(number, phonePlace(id)),
          blindIndex: vault.blindIndex(appId, number),
          countryCode,
          source,
          verifiedAt: at,
        },
        sameAs: same ? current.id : null,
        conflict: ruleOf(appId, number),
        claims,
        ...(spends && { spends }),
      })
      if (outcome.status === 'spent-before') return repeat(session, outcome.found, unusable)
      if (outcome.status === 'taken') throw new ProblemError('phone_taken')
      if (outcome.status === 'cooling') throw new ProblemError('phone_cooling')
      if (outcome.status === 'withdrawn') throw new ProblemError('consent_required', { field: 'phone' })
      if (outcome.status === 'user-gone') throw new ProblemError('token_invalid')
      const answer = { change: outcome.status, phone: phoneAnswer(outcome.phone, number) }
      tell({
        type: 'phone-recorded',
        requestId,
        appId,
        userId,
        change: answer.change,
        source,
        masked: answer.phone.masked,
      })
      for (const fromUserId of outcome.from ?? [])
        tell({ type: 'phone-transferred', requestId, appId, userId, fromUserId, masked: answer.phone.masked })
      return answer
    },

    repeat,
  }

  async function repeat({ userId }: Session, found: ClaimOutcome, spent: () => ProblemError): Promise<PhoneAnswer> {
    if (found.status === 'pending') throw new ProblemError('attempt_pending', { retryAfterMs: 1000 })
    const row = found.status === 'done' ? await store.findPhone(found.phoneId) : null
    if (found.status !== 'done' || row?.userId !== userId) throw spent()
    return { change: found.change, phone: openPhone((await openOwner(userId)).key, row) }
  }

  async function openOwner(userId: string): Promise<PhoneOwner> {
    const account = await store.findAccount(userId)
    if (!account) throw new ProblemError('token_invalid')
    return { key: vault.openUserKey(account.user), current: account.phone }
  }

  function ruleOf(appId: string, number: string): PhoneConflictRule {
    const app = apps.get(appId)
    if (!app) throw new ProblemError('app_unknown')
    const { phoneConflict: rule, phoneCoolDownMs } = app
    if (rule === 'keep-both') return { rule }
    const indexes = [...apps.keys()].flatMap(one => vault.blindIndexes(one, number))
    return rule === 'reject' ? { rule, indexes } : { rule, indexes, provedBefore: clock.now() - phoneCoolDownMs }
  }
}

/** A ciphertext was spent by somebody else while it was read. */
function unusable(): ProblemError {
  return new ProblemError('phone_data_invalid')
}
