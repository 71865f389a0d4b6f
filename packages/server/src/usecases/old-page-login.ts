import { limits } from '../domain/limits.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { AttemptOf } from '../keys/attempts.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { LoggedIn, LogIn } from './log-in.ts'

export interface OldPageLoginTools {
  readonly logIn: LogIn
  readonly store: Store
  readonly clock: Clock
  readonly attemptOf: AttemptOf
}

export type OldPageLogin = (input: {
  readonly appId: string
  readonly code: string
  readonly requestId: string
}) => Promise<LoggedIn>

/**
 * Logs in for a page that makes no nonce: the code itself stands for the attempt, so a repeat gets the same login. That
 * gives up the difference between a retry and a second use (docs/decisions/0004), so it ends when the code would have
 * died anyway.
 */
export function createOldPageLogin({ logIn, store, clock, attemptOf }: OldPageLoginTools): OldPageLogin {
  return async function oldPageLogin({ appId, code, requestId }) {
    const loggedIn = await logIn({ appId, code, nonce: attemptOf(appId, code), requestId })
    const login = await store.findLogin(loggedIn.answer.loginId)
    if (!login || clock.now() - login.at >= limits.repeatedCode) throw new ProblemError('code_consumed')
    return loggedIn
  }
}
