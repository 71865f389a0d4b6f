import type { Platform } from '../platform.ts'
import { createAskServer } from './ask-server.ts'
import { type AuthState, type AuthStateHolder, startState } from './auth-state.ts'
import { createBindPhone } from './bind-phone.ts'
import { createLease } from './lease.ts'
import { createObservable } from './observable.ts'
import { failure, type LoginOutcome, loggedOut, type PhoneOutcome } from './outcomes.ts'
import { createSession, type Session } from './session.ts'
import { createSignIn } from './sign-in.ts'
import { createSessionStorage } from './stored-session.ts'
import { createTokens, type TokenOutcome } from './tokens.ts'
import { isRecent } from './wait.ts'

/** What changes the session; all of it settles with a value and never rejects. */
export interface AuthActions {
  /** Resolves when there is a session, or with the reason why not. Tries again when the last attempt failed. */
  ready(): Promise<LoginOutcome>
  /** Logs in anew, also after {@link Auth.logout}. The user does not notice. */
  login(): Promise<LoginOutcome>
  /**
   * For `bindtap` of the phone button (optional): WeChat's sheet is opening. Gets an access token ready and keeps
   * `wx.login` away until the event comes.
   */
  phoneTapped(): void
  /**
   * For `bindgetphonenumber`: takes the event or its `detail`.
   *
   * @example
   * const outcome = await auth.bindPhone(event)
   * if (outcome.status === 'bound') show(outcome.phone.masked)
   */
  bindPhone(event: unknown): Promise<PhoneOutcome>
  /** Ends the session here and on the server; nothing logs in again before `login()`, a tap, or the next launch. */
  logout(): Promise<void>
}

/**
 * All that there must be only one of per app and process: one login, one refresh and one lease at a time, one state.
 * Copies of the SDK of other versions use it too, so a change of this shape takes a new number in the key of `createAuth`.
 */
export interface Authority {
  readonly actions: AuthActions
  readonly state: AuthStateHolder
  readonly session: Session
  /** A token of a live session; logs in when there is none. */
  readonly access: () => Promise<Exclude<TokenOutcome, { readonly status: 'none' }>>
}

export interface AuthorityOptions {
  /** Names the entry on the device. */
  readonly key: string
  readonly platform: Platform
  readonly appId: string
  readonly baseUrl: string
  readonly timeoutMs: number
}

/** Some sheets never answer (Android, "manage numbers"): nothing waits for one longer than this. */
const sheetMs = 60_000
/** uni-app hands on `tap` from a timer, so after an event that came at once; nobody taps twice so soon. */
const lateTapMs = 300
/** Older session keys are asked for at the next show: another device or a prefetch may have replaced them. */
const keyTrustedMs = 300_000

/** Starts at once: reads the device, and logs in when there is no session there. */
export function createAuthority({ key, platform, appId, baseUrl, timeoutMs }: AuthorityOptions): Authority {
  const state = createObservable<AuthState>(startState, error =>
    platform.after(0, () => {
      throw error
    }),
  )
  const session = createSession(platform, createSessionStorage(platform, key))
  const lease = createLease(platform)
  const askServer = createAskServer({ platform, baseUrl, timeoutMs })
  const signIn = createSignIn({ platform, appId, askServer, session, lease, state })
  const tokens = createTokens({ platform, askServer, session, state })
  const bindPhone = createBindPhone({ platform, askServer, session, tokens, signIn, lease, state })

  let eventAt = 0
  const started = start()
  platform.onReturn(() => {
    started.then(shown)
  })

  async function start(): Promise<void> {
    await session.restore()
    if (session.stored()) state.set({ session: 'known' })
    if (needsLogin()) signIn.signIn()
  }

  /** A tap without a code can only be decided with a session_key that the server knows; a session alone needs none. */
  function needsLogin(): boolean {
    return !session.stored() || (!platform.hasPhoneCode() && session.loginIds(platform.now()).length === 0)
  }

  /** Decided by timestamps, never by a timer: timers stop in the background. */
  function shown(): void {
    if (state.get().session === 'out') return
    if (needsLogin()) signIn.signIn()
    else if (!platform.hasPhoneCode() && !isRecent(platform, session.keySeenAt(), keyTrustedMs))
      platform.checkSession().then(
        valid => {
          if (valid) session.keySeen()
          else signIn.signIn()
        },
        // That proves nothing, and a login too many may do the harm that it is to prevent.
        () => {},
      )
  }

  async function ready(): Promise<LoginOutcome> {
    await started
    if (state.get().session === 'out') return loggedOut
    return session.stored() ? { status: 'ready', user: state.get().user } : signIn.signIn()
  }

  async function access(): Promise<Exclude<TokenOutcome, { readonly status: 'none' }>> {
    for (let turn = 0; turn < 2; turn++) {
      const there = await ready()
      if (there.status !== 'ready') return there
      const token = await tokens()
      if (token.status !== 'none') return token
    }
    return failure('failed', 'sessions end at once')
  }

  const actions: AuthActions = {
    ready,
    login: () => started.then(signIn.signIn),
    phoneTapped() {
      const { session: name, phone } = state.get()
      // The login of the launch goes first: without it nothing could be decided. A second tap will join the first one.
      if (name === 'starting' || phone === 'submitting' || isRecent(platform, eventAt, lateTapMs)) return
      if (needsLogin()) signIn.signIn()
      else tokens()
      lease.take(sheetMs)
      state.set({ phone: 'asking' })
      lease.over().then(() => {
        if (state.get().phone === 'asking' && !lease.held()) state.set({ phone: 'idle' })
      })
    },
    bindPhone(event) {
      eventAt = platform.now()
      return started.then(() => bindPhone(event))
    },
    async logout() {
      await started
      const stored = session.stored()
      state.set({ session: 'out', user: null, failure: null })
      await session.end()
      if (stored) await askServer({ path: '/v1/logout', body: { refreshToken: stored.refreshToken } })
    },
  }
  return { actions, state, session, access }
}
