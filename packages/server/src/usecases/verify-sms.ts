import type { PhoneAnswer, SmsVerifyRequest } from '@weapp-auth/protocol/contract'
import type { Apps } from '../domain/app-policy.ts'
import { limits, wrongSmsCodes } from '../domain/limits.ts'
import { ProblemError } from '../domain/problem-error.ts'
import { digest, hex } from '../keys/digest.ts'
import type { Vault } from '../keys/vault.ts'
import type { Clock } from '../ports/clock.ts'
import type { SmsRow } from '../ports/sms-store.ts'
import type { Claim, Store } from '../ports/store.ts'
import type { PhoneBook } from './phone-book.ts'
import type { RequireConsent } from './require-consent.ts'
import type { Session } from './session.ts'
import { createSingleFlight } from './single-flight.ts'
import { smsPlace } from './sms-place.ts'

export interface VerifySmsTools {
  readonly apps: Apps
  readonly store: Store
  readonly vault: Vault
  readonly phoneBook: PhoneBook
  readonly requireConsent: RequireConsent
  readonly clock: Clock
}

interface VerifySmsInput extends SmsVerifyRequest {
  readonly session: Session
  readonly requestId: string
}

interface Asked extends VerifySmsInput {
  readonly askedAt: number
}

export type VerifySms = (input: VerifySmsInput) => Promise<PhoneAnswer>

/**
 * Takes a one-time code back and binds the number it was sent to.
 *
 * The code is compared, counted and claimed in one step, and the claim is settled in the step that records the number:
 * a code works once, and the same attempt reads the same answer ever after. Only the user who asked for the message can
 * spend its attempts. What allowed the message must still hold: the app's policy, and the user's consent.
 */
export function createVerifySms(tools: VerifySmsTools): VerifySms {
  const { apps, store, vault, phoneBook, requireConsent, clock } = tools
  const fly = createSingleFlight<PhoneAnswer>()
  const over = () => new ProblemError('sms_code_expired')

  return async function verifySms(input) {
    const { session, smsId, code, nonce } = input
    const { appId, userId } = session
    if (apps.get(appId)?.sms !== 'on') throw new ProblemError('sms_off')
    await requireConsent(session, 'phone')
    const sms = await store.findSms(smsId)
    if (sms?.userId !== userId || sms.appId !== appId) throw over()
    const askedAt = clock.now()
    const claim: Claim = {
      kind: 'sms-code',
      appId,
      hash: digest('sms-code', appId, smsId),
      attempt: digest('sms-verify', userId, code, nonce),
      until: clock.now() + limits.spentCode,
    }
    return fly({
      key: hex(claim.hash),
      attempt: hex(claim.attempt),
      start: () => compare(sms, claim, { ...input, askedAt }),
      late: over,
    })
  }

  async function compare(sms: SmsRow, claim: Claim, { session, askedAt, code, requestId }: Asked) {
    const { id: smsId, appId, userId, countryCode } = sms
    const number = await open(sms)
    const outcome = await store.trySmsCode({
      smsId,
      now: clock.now(),
      codeHashes: vault.smsCodeHashes({ smsId, appId, userId, number }, code),
      mostWrong: wrongSmsCodes,
      claim,
      staleAfterMs: limits.attemptStale,
    })
    if (outcome.status === 'over') throw over()
    if (outcome.status === 'wrong') throw new ProblemError('sms_code_wrong', { attemptsLeft: outcome.attemptsLeft })
    if (outcome.claim.status !== 'claimed') return phoneBook.repeat(session, outcome.claim, over)
    try {
      const phone = { number, countryCode, at: clock.now() }
      return await phoneBook.record({ session, askedAt, phone, source: 'sms', claims: [claim], requestId })
    } catch (error) {
      // The code is still good: the user need not wait for another message.
      await store.release(claim).catch(() => undefined)
      throw error
    }
  }

  async function open({ id, appId, userId, sealedNumber }: SmsRow): Promise<string> {
    const user = await store.findUser(userId)
    if (!user) throw new ProblemError('token_invalid')
    return vault.openUserKey(user).open(sealedNumber, smsPlace(appId, id))
  }
}
