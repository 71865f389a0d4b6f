/**
 * A phone number that the user types, proved by a one-time code: for those who decline WeChat's button, and for apps
 * that may not show it.
 *
 * @module
 */

import type { Phone, PhoneAnswer, Sentence, SmsAnswer } from '@weapp-auth/protocol/contract'
import { field, isRecent, later, type NoSession, type Refusal, readVerdict, type Undecided } from '../beside.ts'
import type { Refused } from '../core/ask-server.ts'
import type { Auth, Platform } from '../index.ts'

export interface SmsOptions {
  readonly auth: Auth
  /** Country calling code of a number that is typed without a plus sign. Default: `86`. */
  readonly countryCode?: string
}

/**
 * - `sent`: a message is on its way;
 * - `too-soon`: known here without asking, a message to this number was sent shortly before;
 * - `limited`: the server says so;
 * - `number-invalid`: not a number that a message can be sent to;
 * - `off`: the server does not send messages for this app;
 * - `unavailable`: not decided yet. `retry()` sends the very same thing again: nothing is sent or counted twice.
 */
export type SmsOutcome =
  | {
      readonly status: 'sent'
      /** E.164, as the server got it. */
      readonly number: string
      /** Milliseconds until the code expires. */
      readonly expiresInMs: number
      /** Milliseconds until another message may be asked for. */
      readonly resendAfterMs: number
    }
  | (Refusal<'too-soon' | 'limited'> & { readonly retryAfterMs: number })
  | Refusal<'number-invalid'>
  | Refusal<'off'>
  | Undecided<SmsOutcome>
  | NoSession

/**
 * - `bound`, `replaced`, `unchanged`: the server holds the number;
 * - `incomplete`: not six digits, the server was not asked;
 * - `wrong`: another code; `remaining` more attempts;
 * - `expired`: over, also after too many wrong ones, or none was sent: ask for a new one;
 * - `taken`: the number belongs to another account, and the server does not allow that.
 */
export type SmsVerifyOutcome =
  | { readonly status: 'bound' | 'replaced' | 'unchanged'; readonly phone: Phone }
  | Refusal<'incomplete' | 'expired' | 'taken'>
  | (Refusal<'limited'> & { readonly retryAfterMs: number })
  | (Refusal<'wrong'> & { readonly remaining: number })
  | Refusal<'off'>
  | Undecided<SmsVerifyOutcome>
  | NoSession

/** All methods settle with a value and none rejects. */
export interface Sms {
  /**
   * Sends a one-time code to this number.
   *
   * @example
   * const outcome = await sms.send('138 0013 8000')
   * if (outcome.status === 'too-soon') show(outcome.retryAfterMs)
   */
  send(number: string): Promise<SmsOutcome>
  /**
   * Gives the code back, which binds the number.
   *
   * @example
   * const outcome = await sms.verify('123456')
   * if (outcome.status === 'wrong') show(outcome.remaining)
   */
  verify(code: string): Promise<SmsVerifyOutcome>
  /** Milliseconds until another message to this number may be asked for; 0 when now. */
  coolDownMs(number: string): number
}

const tooOften: Sentence = { zh: '操作太频繁，请稍后再试。', en: 'Too often. Please try again later.' }

const sentences = {
  'number-invalid': { zh: '手机号不正确，请检查。', en: 'Please check the phone number.' },
  'too-soon': tooOften,
  limited: tooOften,
  off: { zh: '暂不支持短信验证。', en: 'Not available by SMS.' },
  incomplete: { zh: '请输入六位验证码。', en: 'Please enter the six digits.' },
  wrong: { zh: '验证码不正确。', en: 'The code is wrong.' },
  expired: { zh: '验证码已失效，请重新获取。', en: 'The code has expired. Please ask for a new one.' },
  taken: { zh: '这个手机号已属于另一个账号。', en: 'This number belongs to another account.' },
  failed: later,
} as const satisfies Readonly<Record<string, Sentence>>

function refusal<Status extends keyof typeof sentences>(status: Status, detail: string): Refusal<Status>
function refusal(status: keyof typeof sentences, detail: string) {
  return { status, message: sentences[status], detail }
}

/**
 * One intent keeps its nonce until it is decided, so that nothing is sent, or counted, twice; callers who come meanwhile
 * share its outcome.
 */
function createAttempts<Outcome extends { readonly status: string }>(platform: Platform) {
  const open: Record<string, { readonly nonce: Promise<string>; outcome: Promise<Outcome> | null }> = {}
  return (what: string, run: (nonce: string) => Promise<Outcome>): Promise<Outcome> => {
    const attempt = open[what] || { nonce: platform.randomHex(), outcome: null }
    open[what] = attempt
    const outcome =
      attempt.outcome ||
      attempt.nonce.then(run).then(outcome => {
        attempt.outcome = null
        if (outcome.status !== 'unavailable') delete open[what]
        return outcome
      })
    attempt.outcome = outcome
    return outcome
  }
}

/**
 * @example
 * export const sms = createSms({ auth })
 */
export function createSms({ auth, countryCode = '86' }: SmsOptions): Sms {
  const { platform } = auth.core
  const coolDowns: Record<string, { readonly since: number; readonly ms: number }> = {}
  const attemptSend = createAttempts<SmsOutcome>(platform)
  const attemptVerify = createAttempts<SmsVerifyOutcome>(platform)
  let smsId = ''

  const post = (url: string, body: object) => auth.request({ url, method: 'POST', body })

  function coolDownMs(number: string): number {
    const { since, ms } = coolDowns[number] || { since: 0, ms: 0 }
    return isRecent(platform, since, ms) ? since + ms - platform.now() : 0
  }

  function coolDown(number: string, ms: number) {
    coolDowns[number] = { since: platform.now(), ms }
  }

  function send(number: string): Promise<SmsOutcome> {
    return attemptSend(number, nonce =>
      post('/v1/sms', { number, nonce }).then((sent): SmsOutcome => {
        const verdict = readVerdict<SmsAnswer, SmsOutcome>(sent, 'smsId', () => send(number))
        if (verdict.status === 'granted') {
          const { answer } = verdict
          const expiresInMs = answer.expiresIn * 1000
          const resendAfterMs = answer.resendAfter * 1000
          smsId = answer.smsId
          coolDown(number, resendAfterMs)
          return { status: 'sent', number, expiresInMs, resendAfterMs }
        }
        if (verdict.status !== 'refused') return verdict
        if (verdict.code === 'sms_limited') coolDown(number, verdict.retryAfterMs)
        return field(verdict.problem, 'field') === 'number'
          ? refusal('number-invalid', verdict.detail)
          : refused(verdict)
      }),
    )
  }

  function verify(id: string, code: string): Promise<SmsVerifyOutcome> {
    return attemptVerify(`${id} ${code}`, nonce =>
      post('/v1/sms/verify', { smsId: id, code, nonce }).then((sent): SmsVerifyOutcome => {
        const verdict = readVerdict<PhoneAnswer, SmsVerifyOutcome>(sent, 'change', () => verify(id, code))
        if (verdict.status === 'granted') {
          const { change, phone } = verdict.answer
          smsId = ''
          auth.core.learn({ phone })
          return { status: change, phone }
        }
        if (verdict.status !== 'refused') return verdict
        const { detail, problem } = verdict
        if (verdict.code === 'phone_taken' || verdict.code === 'phone_cooling') return refusal('taken', detail)
        if (verdict.code === 'sms_code_expired') return refusal('expired', detail)
        if (verdict.code !== 'sms_code_wrong') return refused(verdict)
        return Object.assign({ remaining: Number(field(problem, 'attemptsLeft')) }, refusal('wrong', detail))
      }),
    )
  }

  return {
    send(text) {
      const number = readNumber(text, countryCode)
      const retryAfterMs = coolDownMs(number)
      if (number && !retryAfterMs) return send(number)
      const known = 'known without asking'
      return Promise.resolve(
        number ? Object.assign({ retryAfterMs }, refusal('too-soon', known)) : refusal('number-invalid', known),
      )
    },
    verify(text) {
      const code = String(text).replace(/\s/g, '')
      if (!/^\d{6}$/.test(code)) return Promise.resolve(refusal('incomplete', 'not six digits'))
      return smsId ? verify(smsId, code) : Promise.resolve(refusal('expired', 'no message was sent'))
    },
    coolDownMs: text => coolDownMs(readNumber(text, countryCode)),
  }
}

/** What both routes may answer. */
function refused({ code, detail, retryAfterMs }: Refused) {
  if (code === 'sms_off') return refusal('off', detail)
  if (/_limited$/.test(code)) return Object.assign({ retryAfterMs }, refusal('limited', detail))
  return refusal('failed', detail)
}

/** E.164, or nothing. Numbers of the mainland have eleven digits and begin with 1; of others the server knows more. */
function readNumber(text: string, countryCode: string): string {
  const bare = String(text).replace(/[\s().-]/g, '')
  const number = bare[0] === '+' ? bare : `+${countryCode}${bare}`
  if (/^\+86/.test(number)) return /^\+861\d{10}$/.test(number) ? number : ''
  return /^\+[1-9]\d{6,14}$/.test(number) ? number : ''
}
