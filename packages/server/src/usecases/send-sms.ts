import type { SmsAnswer, SmsRequest } from '@weapp-auth/protocol/contract'
import type { App, Apps } from '../domain/app-policy.ts'
import type { Ids } from '../domain/ids.ts'
import { limits } from '../domain/limits.ts'
import { maskPhone } from '../domain/mask-phone.ts'
import { type PhoneNumber, readPhoneNumber } from '../domain/phone-number.ts'
import { ProblemError } from '../domain/problem-error.ts'
import { drawSmsCode } from '../domain/sms-code.ts'
import { hex } from '../keys/digest.ts'
import type { Vault } from '../keys/vault.ts'
import type { Budget } from '../ports/budget-store.ts'
import type { Clock } from '../ports/clock.ts'
import type { Observe } from '../ports/observer.ts'
import type { Random } from '../ports/random.ts'
import type { SmsMessage, SmsOutcome, SmsProvider } from '../ports/sms-provider.ts'
import type { OpenSms, SmsRow } from '../ports/sms-store.ts'
import type { Store } from '../ports/store.ts'
import { tellBudget } from './budget-alarm.ts'
import type { RequireConsent } from './require-consent.ts'
import type { Session } from './session.ts'
import { createSingleFlight } from './single-flight.ts'
import { smsPlace } from './sms-place.ts'

export interface SendSmsTools {
  readonly apps: Apps
  readonly store: Store
  readonly vault: Vault
  readonly sms: SmsProvider | null
  readonly requireConsent: RequireConsent
  readonly random: Random
  readonly clock: Clock
  readonly newId: Ids
  readonly tell: Observe
}

interface SendSmsInput extends SmsRequest {
  readonly session: Session
  /** Who asks; `null` when it is not known. */
  readonly ip: string | null
  readonly requestId: string
}

export type SendSms = (input: SendSmsInput) => Promise<SmsAnswer>

/** A message that is ready to go. */
interface Draft {
  readonly opening: OpenSms
  readonly code: string
  readonly phone: PhoneNumber
}

/**
 * Sends a one-time code to a number that the user typed.
 *
 * The row with the hash of the code and the counters are durable before the provider is asked, so one attempt sends one
 * message and no crash gives budget back. The number is not looked up: the answer is the same for known and unknown ones.
 */
export function createSendSms(tools: SendSmsTools): SendSms {
  const { apps, store, vault, sms, requireConsent, random, clock, newId, tell } = tools
  const fly = createSingleFlight<SmsAnswer>()

  return async function sendSms(input) {
    const app = apps.get(input.session.appId)
    if (!app) throw new ProblemError('app_unknown')
    if (app.sms === 'off' || !sms) throw new ProblemError('sms_off')
    await requireConsent(input.session, 'phone')
    const phone = await readPhoneNumber(input.number)
    if (!phone) throw numberRefused('must be a mobile phone number with its country code, such as +8613800138000')
    if (!app.smsCountries.includes(phone.countryCode))
      throw numberRefused(`must begin with ${app.smsCountries.map(code => `+${code}`).join(' or ')}`)
    const attempt = vault.counterName('sms-attempt', input.session.userId, phone.number, input.nonce)
    const key = hex(attempt)
    return fly({ key, attempt: key, start: () => open(app, sms, phone, attempt, input), late: numberRefused })
  }

  async function open(app: App, provider: SmsProvider, phone: PhoneNumber, attempt: Uint8Array, input: SendSmsInput) {
    const draft = await draftSms(app, phone, attempt, input)
    const { opening, code } = draft
    const now = clock.now()
    const outcome = await store.openSms(opening)
    if (outcome.status === 'limited') throw new ProblemError('sms_limited', { retryAfterMs: outcome.until - now })
    if (outcome.status === 'same-attempt') return repeat(outcome.sms, now)
    const { appId, name } = app
    const budget = { requestId: input.requestId, appId, budget: 'sms', limit: app.smsLimits.perApp } as const
    tellBudget(tell, budget, Number(outcome.used[0]))
    const message = { number: phone.number, code, minutes: limits.smsCode / 60_000, app: { appId, name } }
    await deliver(provider, { ...message, requestId: input.requestId }, draft, input)
    return answer(opening.sms, now)
  }

  async function draftSms(app: App, phone: PhoneNumber, attempt: Uint8Array, { session, ip }: SendSmsInput) {
    const { appId, userId } = session
    const user = await store.findUser(userId)
    if (!user) throw new ProblemError('token_invalid')
    const now = clock.now()
    const id = newId()
    const code = drawSmsCode(random)
    const opening: OpenSms = {
      sms: {
        id,
        appId,
        userId,
        sealedNumber: vault.openUserKey(user).seal(phone.number, smsPlace(appId, id)),
        countryCode: phone.countryCode,
        openedAt: now,
        expiresAt: now + limits.smsCode,
      },
      attempt,
      codeHash: vault.smsCodeHash({ smsId: id, appId, userId, number: phone.number }, code),
      until: now + limits.sentSms,
      budgets: budgetsOf(app, phone.number, userId, ip, now),
    }
    return { opening, code, phone }
  }

  /** The ceiling of the app comes first: its alarm is told by its place. */
  function budgetsOf({ appId, smsLimits }: App, number: string, userId: string, ip: string | null, now: number) {
    const budget = (limit: number, lasts: number, ...of: readonly string[]): Budget => ({
      name: vault.counterName('sms', appId, ...of),
      limit,
      until: now + lasts,
    })
    return [
      budget(smsLimits.perApp, limits.smsBudget, 'app'),
      budget(smsLimits.perNumber, limits.smsBudget, 'number', number),
      budget(smsLimits.perUser, limits.smsBudget, 'user', userId),
      ...(ip === null ? [] : [budget(smsLimits.perIp, limits.smsBudget, 'ip', ip)]),
      budget(1, limits.smsResend, 'resend', userId, number),
    ]
  }

  async function deliver(provider: SmsProvider, message: SmsMessage, { opening, phone }: Draft, input: SendSmsInput) {
    const { id, appId, userId } = opening.sms
    const outcome = await provider.send(message).catch(threw)
    const { requestId } = input
    const about = { requestId, appId, userId, provider: provider.name, masked: maskPhone(phone) }
    if (outcome.status === 'sent') {
      const { messageId } = outcome
      tell({ type: 'sms-sent', ...about, ...(messageId === undefined ? {} : { messageId }) })
    } else tell({ type: 'sms-failed', ...about, status: outcome.status, reason: outcome.reason })
    // Without an answer the message may be on its way: the user is let type its code, or asks again after a minute.
    if (outcome.status === 'sent' || outcome.status === 'unknown') return store.markSmsSent(id, clock.now())
    // What the provider refused for the sake of the number stays counted: trying numbers out is not free.
    const faultless = outcome.status === 'refused' || outcome.status === 'unavailable'
    await store.dropSms(id, faultless ? opening.budgets : [])
    throw refusal(outcome.status)
  }

  function repeat(sms: SmsRow, now: number): SmsAnswer {
    if (sms.sentAt === null && now - sms.openedAt < limits.attemptStale)
      throw new ProblemError('attempt_pending', { retryAfterMs: 1000 })
    return answer(sms, now)
  }
}

function answer({ id, openedAt, expiresAt }: Omit<SmsRow, 'sentAt'>, now: number): SmsAnswer {
  const seconds = (until: number) => Math.max(0, Math.ceil((until - now) / 1000))
  return { smsId: id, expiresIn: seconds(expiresAt), resendAfter: seconds(openedAt + limits.smsResend) }
}

function refusal(status: Exclude<SmsOutcome['status'], 'sent' | 'unknown'>): ProblemError {
  if (status === 'number-refused') return numberRefused('cannot receive messages')
  if (status === 'number-limited') return new ProblemError('sms_limited', { retryAfterMs: limits.smsResend })
  return new ProblemError('sms_unavailable')
}

function numberRefused(rule = 'must be another one'): ProblemError {
  return new ProblemError('request_invalid', { field: 'number', detail: `"number" ${rule}` })
}

function threw(error: unknown): SmsOutcome {
  return { status: 'unknown', reason: error instanceof Error ? error.name : typeof error }
}
