import type { TokenAnswer, TokenRequest } from '@weapp-auth/protocol/contract'
import type { Apps } from '../domain/app-policy.ts'
import { limits } from '../domain/limits.ts'
import { ProblemError } from '../domain/problem-error.ts'
import { digest, hex } from '../keys/digest.ts'
import type { RefreshTokens } from '../keys/refresh-token.ts'
import type { IssueTokens } from '../keys/tokens.ts'
import type { Clock } from '../ports/clock.ts'
import type { Observe } from '../ports/observer.ts'
import type { Store } from '../ports/store.ts'
import type { Audit } from './audit.ts'
import { requireServed } from './session.ts'
import { createSingleFlight } from './single-flight.ts'

export interface RotateSessionTools {
  readonly apps: Apps
  readonly store: Store
  readonly refreshTokens: RefreshTokens
  readonly issueTokens: IssueTokens
  readonly audit: Audit
  readonly clock: Clock
  readonly tell: Observe
}

interface RotateSessionInput extends TokenRequest {
  readonly requestId: string
}

export type RotateSession = (input: RotateSessionInput) => Promise<TokenAnswer>

/**
 * Exchanges a refresh token for its successor.
 *
 * The nonce is stored by the client before it sends, so a lost answer is repeated with the same nonce and gets the
 * same successor until that is used. The same token with another nonce, or any older token, can only be theft or a
 * copy: the session ends, and the client logs in again without the user noticing (RFC 9700, section 4.14.2).
 */
export function createRotateSession({
  apps,
  store,
  refreshTokens,
  issueTokens,
  audit,
  clock,
  tell,
}: RotateSessionTools): RotateSession {
  const fly = createSingleFlight<TokenAnswer>()

  return async function rotateSession({ refreshToken, nonce, requestId }) {
    const claim = refreshTokens.read(refreshToken)
    if (!claim) throw new ProblemError('refresh_invalid')
    const { sessionId, counter } = claim
    const attempt = digest('refresh', nonce)
    const start = () => rotate(sessionId, counter, attempt, requestId)
    // Every nonce flies on its own: the store, not this process, says which one came second.
    const key = `${sessionId} ${counter} ${hex(attempt)}`
    return fly({ key, attempt: key, start, late: () => new ProblemError('refresh_reused') })
  }

  async function rotate(sessionId: string, counter: number, attempt: Uint8Array, requestId: string) {
    const now = clock.now()
    const idleUntil = now + limits.sessionIdle
    const outcome = await store.rotateSession({ sessionId, counter, attempt, now, idleUntil })
    if (outcome.status === 'ended') throw new ProblemError('refresh_invalid')
    if (outcome.status === 'reused') {
      tell({ type: 'session-ended', requestId, sessionId, reason: 'refresh-reused' })
      const { appId, userId: subject } = outcome.session
      await audit.append({ actor: 'server', act: 'refresh-reused', appId, subject, details: { session: sessionId } })
      throw new ProblemError('refresh_reused')
    }
    // The same nonce gets its tokens when the mini program has come back.
    requireServed(apps, outcome.session)
    if (outcome.status === 'rotated') tell({ type: 'session-rotated', requestId, sessionId })
    return { tokens: issueTokens(outcome.session) }
  }
}
