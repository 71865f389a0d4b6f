/**
 * The phone button without a look: what the bindings and the ready-made buttons do, for any framework.
 *
 * @module
 */
import type { Sentence } from '@weapp-auth/protocol/contract'
import { createDerived, field, isRecent, pause, readFailure, type Watchable } from '../beside.ts'
import { type Auth, type AuthState, identifyFailure, type LoginOutcome, type PhoneOutcome } from '../index.ts'

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

/**
 * The life of one phone button, whatever framework draws it. While somebody watches it is on the screen, and does by
 * itself what makes the first tap enough:
 * - a session from an earlier launch knows no session_key, so a user without a number is logged in once, and the button
 *   is not busy meanwhile; a login that failed is tried again;
 * - what was not delivered is sent again for as long as the proof lives, with the same nonce;
 * - of a double tap only the answer of the sheet counts.
 */
export interface PhoneButton extends Watchable<PhoneButtonState> {
  /**
   * For the tap, in every step: prepares WeChat's sheet, or logs in, or sends again. Null unless it has sent again.
   */
  phoneTapped(): Promise<PhoneOutcome | null>
  /**
   * For `getphonenumber`: takes the event or its `detail`. Settles when the outcome is final; `state().outcome` tells
   * earlier that it is not delivered yet. Events of one double tap get the same object.
   */
  onGetPhoneNumber(event: unknown): Promise<PhoneOutcome>
  /** Sends the same proof once more, at once; null when there is nothing to send. */
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

/** How often a failed login is tried again, and after how long; later the next show of the app does it. */
const loginsAgain = 6
const loginAgainMs = 10_000
/** Pauses before one proof is sent again, each twice the one before. */
const firstPauseMs = 3000
const longestPauseMs = 10_000
/** Neither phone code nor ciphertext is accepted when it is older. */
const proofLivesMs = 300_000
/** So soon after the second tap nobody has closed a sheet: it is the second tap that WeChat calls cancelled. */
const doubleTapMs = 1000

/**
 * @example
 * const button = createPhoneButton(auth)
 * const leave = button.subscribe(({ label, busy }) => show(label.zh, busy))
 */
export function createPhoneButton(auth: Auth, { combined = false }: PhoneButtonOptions = {}): PhoneButton {
  const { platform, loginIds, buttonShown } = auth.core
  let outcome: PhoneOutcome | null = null
  let watching = 0
  /** A login runs that nobody has to wait for. */
  let silent = false
  let warming = false
  /** Taps since the sheet was opened. */
  let taps = 0
  let tappedAt = 0
  let newest: Promise<PhoneOutcome> | null = null
  let sendNow: (() => void) | null = null
  let joined: readonly { readonly event: unknown; resolve(outcome: Promise<PhoneOutcome>): void }[] = []
  const derived = createDerived(auth, look)

  function look(): PhoneButtonState {
    const now = auth.state()
    const step = now.session === 'failed' ? 'login' : outcome && 'retry' in outcome ? 'retry' : 'offer'
    const loggingIn = !silent && (now.session === 'starting' || now.session === 'logging-in')
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

  function show<Next extends PhoneOutcome>(next: Next): Next {
    outcome = next
    derived.refresh()
    return next
  }

  /** Makes sure that the server knows a session_key before the tap. */
  async function warm(): Promise<void> {
    if (warming) return
    warming = true
    for (let turn = 0; watching > 0 && turn <= loginsAgain && !(await hasKey()); turn++)
      await pause(platform, loginAgainMs)
    warming = false
  }

  /** Also true when a login would not help, or is not worth it: most who come back have a number. */
  async function hasKey(): Promise<boolean> {
    const there = await auth.ready()
    if (there.status !== 'ready' || loginIds(platform.now()).length > 0) return there.status !== 'unavailable'
    const known = auth.user() ? there : await auth.fetchUser()
    if (known.status !== 'ready' || known.user?.phone) return known.status !== 'unavailable'
    return (await logInSilently()).status !== 'unavailable'
  }

  async function logInSilently(): Promise<LoginOutcome> {
    silent = true
    const login = await auth.login()
    silent = false
    derived.refresh()
    return login
  }

  function deliver(sending: Promise<PhoneOutcome>): Promise<PhoneOutcome> {
    const delivery: Promise<PhoneOutcome> = keepSending(sending, () => newest === delivery)
    newest = delivery
    taps = 0
    for (const { resolve } of joined) resolve(delivery)
    joined = []
    return delivery
  }

  /** A later tap takes over. */
  async function keepSending(sending: Promise<PhoneOutcome>, isNewest: () => boolean): Promise<PhoneOutcome> {
    const since = platform.now()
    let next = show(await sending)
    for (
      let pauseMs = firstPauseMs;
      'retry' in next && mayRepeat(since);
      pauseMs = Math.min(2 * pauseMs, longestPauseMs)
    ) {
      await pauseOrPress(pauseMs)
      if (!isNewest()) return (await newest) || next
      if (watching > 0) next = show(await next.retry())
    }
    // The sheet may have made a session_key that the server does not know, and the next tap has nothing else.
    const isOver = 'message' in next && !('retry' in next)
    if (isOver && watching > 0 && !platform.hasPhoneCode() && auth.state().session === 'in') logInSilently()
    return next
  }

  const mayRepeat = (since: number) => watching > 0 && isRecent(platform, since, proofLivesMs)

  async function pauseOrPress(ms: number): Promise<void> {
    await new Promise<void>(resolve => {
      sendNow = resolve
      platform.after(ms, resolve)
    })
    sendNow = null
  }

  async function retry(): Promise<PhoneOutcome | null> {
    if (!outcome || !('retry' in outcome)) return null
    if (!sendNow) return deliver(outcome.retry())
    sendNow()
    return newest
  }

  function tap(step: PhoneButtonState['step']) {
    const isOneMore = auth.state().phone === 'asking' || isRecent(platform, tappedAt, doubleTapMs)
    if (step === 'offer') auth.phoneTapped()
    // The client takes no notice of a tap that uni-app tells late.
    if (step === 'offer' && auth.state().phone !== 'asking') return
    taps = isOneMore ? taps + 1 : 1
    tappedAt = platform.now()
  }

  function isOfDoubleTap(event: unknown): boolean {
    if (taps < 2 || watching === 0) return false
    const { errMsg, errno } = readFailure(field(event, 'detail') || event)
    const isCancelled = identifyFailure({ api: 'getPhoneNumber', errMsg, errno }) === 'cancelled'
    return isCancelled && isRecent(platform, tappedAt, doubleTapMs)
  }

  /** Waits for the event of the open sheet. */
  function join(event: unknown): Promise<PhoneOutcome> {
    taps -= 1
    return new Promise(resolve => {
      joined = [...joined, { event, resolve }]
    })
  }

  /** Nobody hears of the sheet any more. */
  function leaveJoined() {
    for (const { event, resolve } of joined) resolve(auth.bindPhone(event))
    joined = []
  }

  return {
    state: derived.state,
    subscribe(watch) {
      const leave = derived.subscribe(watch)
      let watched = true
      watching += 1
      if (watching === 1 && buttonShown) buttonShown()
      warm()
      return () => {
        if (watched) watching -= 1
        watched = false
        leave()
        if (watching === 0) leaveJoined()
      }
    },
    async phoneTapped() {
      const { step } = derived.state()
      if (step === 'retry') return retry()
      tap(step)
      if (step === 'login') await auth.login()
      return null
    },
    onGetPhoneNumber: event => (isOfDoubleTap(event) ? join(event) : deliver(auth.bindPhone(event))),
    retry,
  }
}
