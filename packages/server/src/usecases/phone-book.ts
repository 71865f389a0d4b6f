import type { PhoneAnswer, PhoneSource } from '@weapp-auth/protocol/contract'
import type { WechatPhone } from '@weapp-auth/protocol/wechat'
import type { Apps } from '../domain/app-policy.ts'
import type { Ids } from '../domain/ids.ts'
import { phoneAnswer } from '../domain/phone-answer.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { Vault } from '../keys/vault.ts'
import type { AccountRow } from '../ports/account-store.ts'
import type { Clock } from '../ports/clock.ts'
import type { Observe } from '../ports/observer.ts'
import type { Claim, ClaimOutcome, PhoneConflictRule, Store } from '../ports/store.ts'
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
  /** Every code or ciphertext that this number settles. */
  readonly claims: readonly Claim[]
  readonly requestId: string
}

/** Writes numbers down, and finds what an earlier attempt wrote. */
export interface PhoneBook {
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
    async record({ session, askedAt, phone, source, claims, requestId }) {
      const { appId, userId } = session
      const { number, countryCode, at } = phone
      const account = await findAccount(userId)
      const key = vault.openUserKey(account.user)
      const current = account.phone
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
      })
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

    async repeat({ userId }, found, spent) {
      if (found.status === 'pending') throw new ProblemError('attempt_pending', { retryAfterMs: 1000 })
      const row = found.status === 'done' ? await store.findPhone(found.phoneId) : null
      if (found.status !== 'done' || row?.userId !== userId) throw spent()
      return { change: found.change, phone: openPhone(vault.openUserKey((await findAccount(userId)).user), row) }
    },
  }

  async function findAccount(userId: string): Promise<AccountRow> {
    const account = await store.findAccount(userId)
    if (!account) throw new ProblemError('token_invalid')
    return account
  }

  function ruleOf(appId: string, number: string): PhoneConflictRule {
    const { phoneConflict: rule = 'keep-both', phoneCoolDownMs = 0 } = apps.get(appId) ?? {}
    if (rule === 'keep-both') return { rule }
    const indexes = [...apps.keys()].flatMap(one => vault.blindIndexes(one, number))
    return rule === 'reject' ? { rule, indexes } : { rule, indexes, provedBefore: clock.now() - phoneCoolDownMs }
  }
}
