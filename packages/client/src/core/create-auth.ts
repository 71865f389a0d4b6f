import type { MeAnswer, User } from '@weapp-auth/protocol/contract'
import type { Platform } from '../platform.ts'
import { type AuthState, learn } from './auth-state.ts'
import { type AuthActions, createAuthority } from './authority.ts'
import { field } from './field.ts'
import { OptionInvalid } from './option-invalid.ts'
import { failure, type UserOutcome } from './outcomes.ts'
import { createRequests, type Requests } from './request.ts'
import { shareOne } from './share-one.ts'

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
  /** A phone button came on the screen; there only with `@weapp-auth/client/funnel`. */
  readonly buttonShown?: () => void
}

/**
 * The one object a mini program keeps; all methods settle with a value and none rejects. Another `createAuth` for the
 * same app and server, by mistake or in the bundle of a subpackage, has the same state, session and user.
 */
export interface Auth extends AuthActions, Requests {
  /** The user as the server last told of him; null before. Asks nobody. */
  user(): User | null
  /** Asks the server for the user. */
  fetchUser(): Promise<UserOutcome>
  state(): AuthState
  /** Calls back after every change of the state until the returned function is called. */
  subscribe(watch: (state: AuthState) => void): () => void
  readonly core: AuthCore
}

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
  const { platform, appId, backends = [], timeoutMs = 8000 } = options
  const baseUrl = checkAddress('baseUrl', options.baseUrl)
  const others = backends.map(address => checkAddress('backends', address))
  for (const name of ['appId', 'platform'] as const) if (!options[name]) throw new OptionInvalid(name)

  // A token of one server is nothing for another. The number is the version of both forms, on the device and shared.
  const key = `weapp-auth/1/${appId} ${baseUrl}`
  const { actions, state, session, access } = shareOne(platform, key, () =>
    createAuthority({ key, platform, appId, baseUrl, timeoutMs }),
  )
  const requests = createRequests({ platform, baseUrl, backends: others, timeoutMs, session, access })

  const auth: Auth = Object.assign({}, actions, requests, {
    user: () => state.get().user,
    async fetchUser(): Promise<UserOutcome> {
      const outcome = await requests.request({ url: '/v1/me' })
      if (outcome.status === 'aborted') return failure('failed', outcome.status)
      if (outcome.status !== 'answered') return outcome
      const { status, body } = outcome.response
      const user = field(body, 'user') as MeAnswer['user'] | undefined
      if (!user) return failure(status < 500 ? 'failed' : 'unavailable', `HTTP ${status}`)
      learn(state, user)
      return { status: 'ready', user }
    },
    state: state.get,
    subscribe: state.subscribe,
    core: { platform, loginIds: session.loginIds, learn: (part: Partial<User>) => learn(state, part) },
  })
  // A simulator that runs the mini program shows `auth.state()`; WeChat has nothing of this name.
  const watch = field(platform.shared, 'onWeappAuth')
  if (typeof watch === 'function') watch(auth)
  return auth
}

function checkAddress(option: string, address: unknown): string {
  const text = typeof address === 'string' ? address.replace(/\/+$/, '') : ''
  if (/^https?:\/\/[^/?#\s]+(\/[^?#\s]*)?$/.test(text)) return text
  throw new OptionInvalid(option, 'must be like https://auth.example.com', '必须形如 https://auth.example.com')
}
