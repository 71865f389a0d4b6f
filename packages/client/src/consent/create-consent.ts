/**
 * WeChat's privacy guideline ("小程序隐私协议开发指南") as a step of the client: one listener for all pages, one answer for
 * all who wait, and nobody is nagged. The table of its states is in `docs/client-states.md`.
 *
 * @module
 */
import type { ConsentAnswer, Consent as ConsentRecord, ConsentScope } from '@weapp-auth/protocol/contract'
import {
  createDerived,
  field,
  isRecent,
  later,
  type NoSession,
  type Refusal,
  readVerdict,
  shareOne,
  type Undecided,
  type Watchable,
  within,
} from '../beside.ts'
import { type Auth, OptionInvalid } from '../index.ts'
import type { PrivacyAnswer, PrivacyHost, PrivacyListener } from './privacy-host.ts'

export type { PrivacyAnswer, PrivacyHost, PrivacyListener } from './privacy-host.ts'

export interface ConsentOptions {
  readonly auth: Auth
  /** `wx`, also in uni-app and Taro. */
  readonly host: PrivacyHost
  /** Version of your text, such as `2026-11-01`: `agree` tells the server of it. Default: the server is not told. */
  readonly version?: string
  /** Milliseconds that `mayAsk` says no after a refusal. Default: 24 hours. */
  readonly coolDownMs?: number
}

export interface ConsentState {
  /**
   * - `unknown`: not asked yet, `check()` does;
   * - `needed`: the user has not agreed;
   * - `asking`: WeChat waits for an answer, so show your dialog;
   * - `agreed`;
   * - `declined`: for ten seconds WeChat refuses everything without asking, so do not ask either;
   * - `unsupported`: a base library before 2.32.3, where nothing is needed.
   */
  readonly step: 'unknown' | 'needed' | 'asking' | 'agreed' | 'declined' | 'unsupported'
  /** The name of the guideline, for the dialog; empty until `check()` has told it. */
  readonly guidelineName: string
}

/**
 * - `recorded`: the server holds the consent;
 * - `unavailable`: not decided yet. `retry()` sends the very same thing again: it is written down once.
 */
export type ConsentOutcome =
  | { readonly status: 'recorded'; readonly consent: ConsentRecord }
  | Refusal<'failed'>
  | Undecided<ConsentOutcome>
  | NoSession

/** All promises settle with a value and none rejects. */
export interface Consent extends Watchable<ConsentState> {
  /** Asks WeChat whether the user has agreed: at the first need, not at launch. */
  check(): Promise<ConsentState>
  /**
   * For `bindagreeprivacyauthorization`: the user has tapped the button with this id, alone or combined with another
   * (`getPhoneNumber|agreePrivacyAuthorization`). All calls that wait go on. Null when the server is not told.
   */
  agree(buttonId: string): Promise<ConsentOutcome | null>
  /** The user has closed the dialog: all calls that wait fail with `privacy-not-agreed`. */
  decline(): void
  /** Shows the guideline. False when it could not be opened. */
  openGuideline(): Promise<boolean>
  /**
   * Whether a dialog that nobody has tapped for may be opened now. A tap of the user may always ask.
   *
   * @example
   * if (await consent.mayAsk('privacy')) show(consent.state().guidelineName)
   */
  mayAsk(scope: ConsentScope): Promise<boolean>
  /** Begins the cool-down of this scope: the user has refused, for instance `bindPhone` was `declined`. */
  declined(scope: ConsentScope): void
  /** Tells the server that the user has agreed to the text of `version`. */
  record(scope: ConsentScope): Promise<ConsentOutcome>
}

/** After a refusal WeChat fails every call for this long, without a dialog and without calling the listener. */
const silenceMs = 10_000
/** A call of the host that has not come back by then will not. */
const lostAfterMs = 3000
const dayMs = 86_400_000
/** Names the entry on the device and what the copies share; the number is the version of both forms. */
const key = 'weapp-auth/consent/1'

/**
 * Make it where you make `auth`, before a page is shown: WeChat keeps one listener, the last one. A listener that is
 * registered on the same host later is called as well, and its answer counts; one from before is replaced, because
 * WeChat tells nobody what it was. All copies of the SDK in the app have one consent, made by the first.
 *
 * @throws OptionInvalid when there is no host.
 * @example
 * export const consent = createConsent({ auth, host: wx, version: '2026-11-01' })
 * consent.subscribe(({ step }) => page.setData({ asking: step === 'asking' }))
 */
export function createConsent(options: ConsentOptions): Consent {
  if (!options.host) throw new OptionInvalid('host')
  return shareOne(options.auth.core.platform, key, () => createOne(options))
}

function createOne({ auth, host, version, coolDownMs = dayMs }: ConsentOptions): Consent {
  const { platform } = auth.core
  let own: ConsentState = { step: host.getPrivacySetting ? 'unknown' : 'unsupported', guidelineName: '' }
  let waiting: readonly ((answer: PrivacyAnswer) => void)[] = []
  let theirs: PrivacyListener | null = null
  let refusedAt = 0
  let refusals: Promise<object> | null = null
  const shown = createDerived(auth, () => own)

  function set(part: Partial<ConsentState>) {
    own = Object.assign({}, own, part)
    shown.refresh()
  }

  const needed: PrivacyListener = (resolve, event) => {
    waiting = [...waiting, resolve]
    set({ step: 'asking' })
    resolve({ event: 'exposureAuthorization' })
    if (theirs)
      theirs(answer => {
        // Who waited has been answered before.
        if (waiting.indexOf(resolve) < 0) return
        if (answer.event === 'agree') agree(answer.buttonId)
        if (answer.event === 'disagree') decline()
      }, event)
  }
  listen(host, needed, listener => {
    theirs = listener
  })

  function settle(answer: PrivacyAnswer, step: ConsentState['step']) {
    const all = waiting
    waiting = []
    for (const resolve of all) resolve(answer)
    set({ step })
  }

  async function agree(buttonId = ''): Promise<ConsentOutcome | null> {
    settle({ event: 'agree', buttonId }, 'agreed')
    return version ? record('privacy') : null
  }

  function decline() {
    refusedAt = platform.now()
    settle({ event: 'disagree' }, 'declined')
    declined('privacy')
  }

  /** Null when it failed, or the base library does not have it. */
  function call(name: 'getPrivacySetting' | 'openPrivacyContract'): Promise<unknown> {
    const called = new Promise<unknown>((success, fail) => {
      const run = host[name] as (this: PrivacyHost, options: object) => unknown
      Promise.resolve(run.call(host, { success, fail })).catch(fail)
    })
    return name === 'openPrivacyContract'
      ? called.catch(() => null)
      : within(platform, lostAfterMs, called).catch(() => null)
  }

  async function check(): Promise<ConsentState> {
    const before = own.step
    const setting = await call('getPrivacySetting')
    // What the user did meanwhile is newer than the answer.
    if (setting && own.step === before) {
      const open = field(setting, 'needAuthorization')
      const step = isRecent(platform, refusedAt, silenceMs) ? 'declined' : 'needed'
      set({
        step: waiting.length > 0 ? 'asking' : open ? step : 'agreed',
        guidelineName: String(field(setting, 'privacyContractName') || ''),
      })
    }
    return own
  }

  /** When each scope was refused; read once. */
  function refusedScopes(): Promise<object> {
    refusals =
      refusals ||
      within(platform, lostAfterMs, platform.readStorage(key))
        .then((text): object => Object(JSON.parse(text || '{}')))
        .catch(() => ({}))
    return refusals
  }

  function declined(scope: ConsentScope) {
    refusals = refusedScopes().then(all => Object.assign({}, all, { [scope]: platform.now() }))
    refusals.then(all => platform.writeStorage(key, JSON.stringify(all))).catch(() => {})
  }

  async function record(scope: ConsentScope): Promise<ConsentOutcome> {
    const nonce = await platform.randomHex()
    const send = (): Promise<ConsentOutcome> =>
      auth.request({ url: '/v1/consents', method: 'POST', body: { scope, version, nonce } }).then(sent => {
        const verdict = readVerdict<ConsentAnswer, ConsentOutcome>(sent, 'consent', send)
        if (verdict.status === 'granted') return { status: 'recorded', consent: verdict.answer.consent }
        return verdict.status === 'refused' ? { status: 'failed', message: later, detail: verdict.detail } : verdict
      })
    return send()
  }

  return {
    state: shown.state,
    subscribe: shown.subscribe,
    check,
    agree,
    decline,
    openGuideline: () => call('openPrivacyContract').then(opened => opened !== null),
    async mayAsk(scope) {
      if (scope === 'privacy' && (await check()).step !== 'needed') return false
      const at = field(await refusedScopes(), scope)
      return typeof at !== 'number' || !isRecent(platform, at, coolDownMs)
    },
    declined,
    record,
  }
}

/** Takes WeChat's only place for a listener and leaves another one in its stead. */
function listen(host: PrivacyHost, listener: PrivacyListener, next: (listener: PrivacyListener) => void): void {
  const name = 'onNeedPrivacyAuthorization'
  const register = host[name] as ((this: PrivacyHost, listener: PrivacyListener) => void) | undefined
  if (!register) return
  register.call(host, listener)
  try {
    Object.defineProperty(host, name, { value: next, configurable: true, writable: true, enumerable: true })
  } catch {
    // A host whose calls cannot be replaced: whoever registers later has the place.
  }
}
