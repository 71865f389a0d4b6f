import type { Sentence } from '@weapp-auth/protocol/contract'
import { createDerived, type Watchable } from '../beside.ts'
import type { Auth, AuthState, PhoneOutcome } from '../index.ts'

export interface PhoneButtonOptions {
  /**
   * Asks for the privacy agreement and for the number with one tap (base library 2.32.3). Default: false; then the
   * agreement is asked for by itself, before WeChat's sheet opens.
   */
  readonly combined?: boolean
}

/** What a phone button shows, and what a press on it does. */
export interface PhoneButtonState {
  /** The state of the client. */
  readonly auth: AuthState
  /**
   * - `offer`: WeChat's phone button;
   * - `retry`: an ordinary button that sends the same proof once more, without WeChat's sheet and without paying twice;
   * - `login`: an ordinary button, because the login failed and a number could not be delivered.
   */
  readonly step: 'offer' | 'retry' | 'login'
  /** Shown as loading, and disabled: a second tap could be billed. */
  readonly busy: boolean
  /** `undefined` makes an ordinary button. */
  readonly openType: 'getPhoneNumber' | 'getPhoneNumber|agreePrivacyAuthorization' | undefined
  readonly label: Sentence
  /** What came of the last tap; null before. */
  readonly outcome: PhoneOutcome | null
  /** The user declined, or the app may not ask: offer to type the number (`@weapp-auth/client/sms`). */
  readonly otherWay: boolean
}

/** The life of one phone button, whatever framework draws it. */
export interface PhoneButton extends Watchable<PhoneButtonState> {
  /**
   * For the tap, in every step: prepares WeChat's sheet, or logs in, or sends again. Null unless it has sent again.
   */
  phoneTapped(): Promise<PhoneOutcome | null>
  /** For `getphonenumber`: takes the event or its `detail`. */
  onGetPhoneNumber(event: unknown): Promise<PhoneOutcome>
  /** Sends the same proof once more; null when there is nothing to send. */
  retry(): Promise<PhoneOutcome | null>
}

const labels = {
  offer: { zh: '一键授权手机号', en: 'Share phone number' },
  again: { zh: '再试一次', en: 'Try again' },
  change: { zh: '更换手机号', en: 'Change number' },
  retry: { zh: '重新提交', en: 'Send again' },
  login: { zh: '登录', en: 'Log in' },
  loggingIn: { zh: '正在登录…', en: 'Logging in…' },
  submitting: { zh: '正在验证…', en: 'Verifying…' },
} as const satisfies Readonly<Record<string, Sentence>>

/** After these the user can do without WeChat's sheet; of the others a later tap may make something. */
const dead = /^(declined|cancelled|not-permitted|quota-exhausted|privacy-not-declared|privacy-banned)$/

/**
 * @example
 * const button = createPhoneButton(auth)
 * const leave = button.subscribe(({ label, busy }) => show(label.zh, busy))
 */
export function createPhoneButton(auth: Auth, { combined = false }: PhoneButtonOptions = {}): PhoneButton {
  let outcome: PhoneOutcome | null = null
  const derived = createDerived(auth, look)

  function look(): PhoneButtonState {
    const now = auth.state()
    const step = now.session === 'failed' ? 'login' : outcome && 'retry' in outcome ? 'retry' : 'offer'
    const loggingIn = now.session === 'starting' || now.session === 'logging-in'
    return {
      auth: now,
      step,
      busy: loggingIn || now.phone !== 'idle',
      openType: step !== 'offer' ? undefined : combined ? 'getPhoneNumber|agreePrivacyAuthorization' : 'getPhoneNumber',
      label: labels[labelOf(now, loggingIn, step)],
      outcome,
      otherWay: outcome !== null && dead.test(outcome.status),
    }
  }

  function labelOf({ phone, user }: AuthState, loggingIn: boolean, step: PhoneButtonState['step']) {
    if (phone === 'submitting') return 'submitting'
    if (loggingIn) return 'loggingIn'
    if (step !== 'offer') return step
    if (outcome && !('phone' in outcome)) return 'again'
    return user?.phone ? 'change' : 'offer'
  }

  function settled(next: PhoneOutcome): PhoneOutcome {
    outcome = next
    derived.refresh()
    return next
  }

  async function retry() {
    return outcome && 'retry' in outcome ? settled(await outcome.retry()) : null
  }

  return {
    state: derived.state,
    subscribe: derived.subscribe,
    async phoneTapped() {
      const { step } = derived.state()
      if (step === 'retry') return retry()
      if (step === 'offer') auth.phoneTapped()
      else await auth.login()
      return null
    },
    onGetPhoneNumber: event => auth.bindPhone(event).then(settled),
    retry,
  }
}
