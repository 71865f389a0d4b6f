import type { LogoutRequest } from '@weapp-auth/protocol/contract'
import { ProblemError } from '../domain/problem-error.ts'
import type { RefreshTokens } from '../keys/refresh-token.ts'
import type { Clock } from '../ports/clock.ts'
import type { Observe } from '../ports/observer.ts'
import type { Store } from '../ports/store.ts'

export interface EndSessionTools {
  readonly store: Store
  readonly refreshTokens: RefreshTokens
  readonly clock: Clock
  readonly tell: Observe
}

export type EndSession = (input: LogoutRequest & { readonly requestId: string }) => Promise<void>

/**
 * Logs out. Any refresh token of the session will do, and logging out twice is no error: what the caller wants is
 * already so (RFC 7009, section 2.2). Only a token that this server never made is refused.
 */
export function createEndSession({ store, refreshTokens, clock, tell }: EndSessionTools): EndSession {
  return async function endSession({ refreshToken, requestId }) {
    const claim = refreshTokens.read(refreshToken)
    if (!claim) throw new ProblemError('refresh_invalid')
    const { sessionId } = claim
    const ended = await store.endSession(sessionId, clock.now(), 'logout')
    if (ended) tell({ type: 'session-ended', requestId, sessionId, reason: 'logout' })
  }
}
