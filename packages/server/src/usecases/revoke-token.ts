import { ProblemError } from '../domain/problem-error.ts'
import type { AccessTokens } from '../keys/access-token.ts'
import type { RefreshTokens } from '../keys/refresh-token.ts'
import type { Clock } from '../ports/clock.ts'
import type { Observe } from '../ports/observer.ts'
import type { Store } from '../ports/store.ts'
import type { Audit } from './audit.ts'

export interface RevokeTokenTools {
  readonly store: Store
  readonly accessTokens: AccessTokens
  readonly refreshTokens: RefreshTokens
  readonly audit: Audit
  readonly clock: Clock
  readonly tell: Observe
}

export type RevokeToken = (input: {
  readonly token: string
  /** Who asks: a backend, or the mini program that the token must belong to. */
  readonly by: 'backend' | { readonly appId: string }
  readonly requestId: string
}) => Promise<void>

/**
 * Ends the session of an access or refresh token (RFC 7009). A token that is not live is no error: what the caller
 * wants is already so. A mini program may end its own sessions only.
 *
 * @throws ProblemError grant_invalid for a token of another mini program.
 */
export function createRevokeToken(tools: RevokeTokenTools): RevokeToken {
  const { store, accessTokens, refreshTokens, audit, clock, tell } = tools
  return async function revokeToken({ token, by, requestId }) {
    const claim = accessTokens.verify(token) ?? refreshTokens.read(token)
    const session = claim && (await store.findSession(claim.sessionId))
    if (!session) return
    if (by !== 'backend' && by.appId !== session.appId) throw new ProblemError('grant_invalid')
    const reason = by === 'backend' ? 'backend' : 'logout'
    const ended = await store.endSession(session.id, clock.now(), reason)
    if (!ended) return
    tell({ type: 'session-ended', requestId, sessionId: session.id, reason })
    if (by !== 'backend') return
    const { appId, userId: subject } = session
    await audit.append({ actor: 'backend', act: 'session-ended', appId, subject, details: { session: session.id } })
  }
}
