import type { User } from '@weapp-auth/protocol/contract'
import type { Observable } from './observable.ts'
import type { LoginFailure } from './outcomes.ts'

/** What a page may show; the table of states is in `docs/client-states.md`. */
export interface AuthState {
  /**
   * - `starting`: the device is being read;
   * - `known`: a session was found on the device, the server was not asked yet;
   * - `logging-in`: `wx.login` or the exchange of its code is under way;
   * - `in`: the server has answered for this session;
   * - `failed`: there is no session, `failure` says why;
   * - `out`: logged out.
   */
  readonly session: 'starting' | 'known' | 'logging-in' | 'in' | 'failed' | 'out'
  /** `asking`: the button was tapped; `submitting`: the user agreed, the server has not decided yet. */
  readonly phone: 'idle' | 'asking' | 'submitting'
  /** The user as the server last told of him; null before. */
  readonly user: User | null
  readonly failure: LoginFailure | null
}

export type AuthStateHolder = Observable<AuthState>

export const startState: AuthState = { session: 'starting', phone: 'idle', user: null, failure: null }

/**
 * Keeps what an answer of the server told of the user. An answer may come late: after a logout nobody wants to know, and
 * it never puts a former user back in the place of another, nor before the login of another is done.
 */
export function learn(state: AuthStateHolder, part: Partial<User>): void {
  const { session, user } = state.get()
  const next = Object.assign({}, user, part)
  if (isWhole(next) && (user ? user.id === next.id : session === 'in' || session === 'known')) state.set({ user: next })
}

const isWhole = (user: Partial<User>): user is User => Boolean(user.id)
