import type { MeAnswer, User } from '@weapp-auth/protocol/contract'
import type { Platform } from '../platform.ts'
import { createAskServer } from './ask-server.ts'
import { type AuthState, learn, startState } from './auth-state.ts'
import { createBindPhone } from './bind-phone.ts'
import { field } from './field.ts'
import { createLease } from './lease.ts'
import { createObservable } from './observable.ts'
import { OptionInvalid } from './option-invalid.ts'
import { failure, type LoginOutcome, loggedOut, type PhoneOutcome, type UserOutcome } from './outcomes.ts'
import { paths } from './paths.ts'
import { createRequests, type Requests } from './request.ts'
import { createSession } from './session.ts'
import { createSignIn } from './sign-in.ts'
import { createSessionStorage } from './stored-session.ts'
import { createTokens, type TokenOutcome } from './tokens.ts'
import { isRecent } from './wait.ts'

export interface AuthOptions {
  /** Address of the weapp-auth server without a path, such as `https://auth.example.com`. */
  readonly baseUrl: string
  /** AppID of this mini program. */
  readonly appId: string
  /** What the host app offers; `@weapp-auth/client/wx` supplies it. */
  readonly platform: Platform
  /** Other servers of yours that `request` may send the access token to. Default: none. */
  readonly backends?: readonly string[]
  /** Milliseconds that one request may take. Default: 8000. */
  readonly timeoutMs?: number
}

/** What the entry points beside the core share with it; not for apps. */
export interface AuthCore {
  readonly platform: Platform
  /** Logins whose key may have made a ciphertext that arrived at `at`, the likeliest first; none after a mere restart. */
  loginIds(at: number): readonly string[]
  /** An answer of the server told this of the user. */
  learn(part: Partial<User>): void
}

/** The one object a mini program keeps; all methods settle with a value and none rejects. */
export interface Auth extends Requests {
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
  /** The user as the server last told of him; null before. Asks nobody. */
  user(): User | null
  /** Asks the server for the user. */
  fetchUser(): Promise<UserOutcome>
  state(): AuthState
  /** Calls back after every change of the state until the returned function is called. */
  subscribe(watch: (state: AuthState) => void): () => void
  readonly core: AuthCore
  /** Ends the session here and on the server; nothing logs in again before `login()`, a tap, or the next launch. */
  logout(): Promise<void>
}

/** Some sheets never answer (Android, "manage numbers"): nothing waits for one longer than this. */
const sheetMs = 60_000
/** Older session keys are asked for at the next show: another device or a prefetch may have replaced them. */
const keyTrustedMs = 300_000

/**
 * Starts at once: reads the device, and logs in when there is no session there. With one there, nothing is sent
 * until something needs it, except on base libraries whose phone button gives no code (before 2.21.2): there the
 * server must know the session_key before the tap.
 *
 * Launch options, page queries and `extraData` are never read: a forged share card cannot log anybody in.
 *
 * @throws OptionInvalid naming the option.
 * @example
 * const auth = createAuth({ baseUrl: 'https://auth.example.com', appId: 'wx1234567890abcdef', platform })
 */
export function createAuth(options: AuthOptions): Auth {
  const { platform, appId, timeoutMs = 8000 } = options
  const baseUrl = checkAddress('baseUrl', options.baseUrl)
  const backends = (options.backends ?? []).map(address => checkAddress('backends', address))
  for (const name of ['appId', 'platform'] as const)
    if (!options[name]) throw new OptionInvalid(name, 'must be given', '必须提供')

  const state = createObservable<AuthState>(startState, error =>
    platform.after(0, () => {
      throw error
    }),
  )
  const session = createSession(platform, createSessionStorage(platform, appId))
  const lease = createLease(platform)
  const askServer = createAskServer({ platform, baseUrl, timeoutMs })
  const signIn = createSignIn({ platform, appId, askServer, session, lease, state })
  const tokens = createTokens({ platform, askServer, session, state })
  const bindPhone = createBindPhone({ platform, askServer, session, tokens, signIn, lease, state })
  const requests = createRequests({ platform, baseUrl, backends, timeoutMs, session, access })

  const started = start()
  platform.onShow(() => {
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
    return failure('failed', 'every session ends at once')
  }

  return {
    ready,
    login: () => started.then(signIn.signIn),
    phoneTapped() {
      const { session: name, phone } = state.get()
      // The login of the launch goes first: without it nothing could be decided. A second tap will join the first one.
      if (name === 'starting' || phone === 'submitting') return
      if (needsLogin()) signIn.signIn()
      else tokens()
      lease.take(sheetMs)
      state.set({ phone: 'asking' })
      lease.over().then(() => {
        if (state.get().phone === 'asking' && !lease.held()) state.set({ phone: 'idle' })
      })
    },
    bindPhone: event => started.then(() => bindPhone(event)),
    request: requests.request,
    upload: requests.upload,
    user: () => state.get().user,
    async fetchUser() {
      const outcome = await requests.request({ url: paths.me })
      if (outcome.status === 'aborted') return failure('failed', outcome.status)
      if (outcome.status !== 'answered') return outcome
      const { status, body } = outcome.response
      const user = field(body, 'user') as MeAnswer['user'] | undefined
      if (!user) return failure(status < 500 ? 'failed' : 'unavailable', `HTTP ${status}`)
      state.set({ user })
      return { status: 'ready', user }
    },
    state: state.get,
    subscribe: state.subscribe,
    core: { platform, loginIds: session.loginIds, learn: part => learn(state, part) },
    async logout() {
      await started
      const stored = session.stored()
      state.set({ session: 'out', user: null, failure: null })
      await session.end()
      if (stored) await askServer({ path: paths.logout, body: { refreshToken: stored.refreshToken } })
    },
  }
}

function checkAddress(option: string, address: unknown): string {
  const text = typeof address === 'string' ? address.replace(/\/+$/, '') : ''
  if (/^https?:\/\/[^/?#\s]+(\/[^?#\s]*)?$/.test(text)) return text
  throw new OptionInvalid(option, 'must be like https://auth.example.com', '必须形如 https://auth.example.com')
}
