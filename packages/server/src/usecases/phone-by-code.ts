import type { PhoneAnswer } from '@weapp-auth/protocol/contract'
import { WechatFault, type WechatPhone } from '@weapp-auth/protocol/wechat'
import { skewOf } from '../domain/clock-skew.ts'
import { limits } from '../domain/limits.ts'
import { ProblemError } from '../domain/problem-error.ts'
import { digest, hex } from '../keys/digest.ts'
import type { Clock } from '../ports/clock.ts'
import type { Observe } from '../ports/observer.ts'
import type { Claim, Store } from '../ports/store.ts'
import type { WechatPlatform } from '../ports/wechat-platform.ts'
import type { PhoneBook } from './phone-book.ts'
import type { PhoneBudget, Refund } from './phone-budget.ts'
import type { Session } from './session.ts'
import { createSingleFlight } from './single-flight.ts'
import { createUnfinished, type Leftover } from './unfinished.ts'

export interface PhoneByCodeTools {
  readonly store: Store
  readonly wechat: WechatPlatform
  readonly phoneBook: PhoneBook
  readonly phoneBudget: PhoneBudget
  readonly clock: Clock
  readonly tell: Observe
}

export interface PhoneByCodeInput {
  readonly session: Session
  readonly code: string
  readonly nonce: string
  readonly requestId: string
  /** Another proof of the same tap, to be tried when WeChat does not confirm the code. Settles `claim` as well. */
  readonly otherwise: ((claim: Claim) => Promise<PhoneAnswer>) | null
}

interface Asked extends PhoneByCodeInput {
  readonly askedAt: number
}

export type PhoneByCode = (input: PhoneByCodeInput) => Promise<PhoneAnswer>

/**
 * The code way: claim the code, let WeChat exchange it, record the number.
 *
 * The claim is durable before WeChat is asked and settled in the step that records the number, so one code is
 * exchanged once and the same attempt reads the same answer ever after. What WeChat refused, or never heard of, is
 * given back, with what it took of the day's budget. What it may have done although no answer came stays claimed and
 * counted: the same attempt may try again at once.
 */
export function createPhoneByCode(tools: PhoneByCodeTools): PhoneByCode {
  const { store, wechat, phoneBook, phoneBudget, clock, tell } = tools
  const fly = createSingleFlight<PhoneAnswer>()
  const unfinished = createUnfinished(clock)
  const consumed = () => new ProblemError('phone_code_consumed')

  return async function phoneByCode(input) {
    const { appId, userId } = input.session
    const asked = { ...input, askedAt: clock.now() }
    const claim: Claim = {
      kind: 'phone-code',
      appId,
      hash: digest('phone-code', appId, input.code),
      attempt: digest('phone', userId, input.nonce),
      until: clock.now() + limits.spentCode,
    }
    return fly({
      key: hex(claim.hash),
      attempt: hex(claim.attempt),
      start: () => exchange(claim, asked),
      late: consumed,
    })
  }

  async function exchange(claim: Claim, input: Asked): Promise<PhoneAnswer> {
    const left = unfinished.find(claim)
    if (left?.phone) return record(claim, left.phone, input)
    const found = await store.claim(claim, clock.now(), left ? 0 : limits.attemptStale)
    if (found.status !== 'claimed') return phoneBook.repeat(input.session, found, consumed)
    let phone: WechatPhone
    let refund: Refund | null = null
    try {
      // What was asked before without an answer has been paid for.
      if (!left) refund = await phoneBudget.take(claim, input.requestId)
      phone = await ask(input, left)
    } catch (error) {
      if (isSettled(error)) await refund?.().catch(() => undefined)
      return otherwise(claim, error, input)
    }
    tellSkew(phone.at, input)
    unfinished.keep(claim, phone)
    return record(claim, phone, input)
  }

  function tellSkew(at: number, { session: { appId }, requestId }: PhoneByCodeInput): void {
    const aheadMs = skewOf(at, clock.now())
    if (aheadMs !== null) tell({ type: 'clock-skew', requestId, appId, aheadMs })
  }

  async function ask({ session, code, requestId }: PhoneByCodeInput, left: Leftover | undefined): Promise<WechatPhone> {
    const { appId, openId } = session
    const outcome = await wechat.phoneByCode({ appId, code, openId, requestId })
    if (outcome.status === 'ok') return outcome.phone
    // Asked before without an answer: most likely it was that call which spent the code.
    throw left ? consumed() : new ProblemError('phone_code_invalid')
  }

  async function otherwise(claim: Claim, error: unknown, input: PhoneByCodeInput): Promise<PhoneAnswer> {
    const answer = await input.otherwise?.(claim).catch(() => null)
    if (answer) return answer
    if (isSettled(error)) await store.release(claim).catch(() => unfinished.keep(claim, null))
    else unfinished.keep(claim, null)
    throw error
  }

  async function record(claim: Claim, phone: WechatPhone, { session, askedAt, requestId }: Asked) {
    const answer = await phoneBook.record({ session, askedAt, phone, source: 'phone-code', claims: [claim], requestId })
    unfinished.drop(claim)
    return answer
  }
}

/** WeChat was not asked, or said no: the code is as it was before. */
function isSettled(error: unknown): boolean {
  return error instanceof ProblemError || (error instanceof WechatFault && !error.mayHaveHappened)
}
