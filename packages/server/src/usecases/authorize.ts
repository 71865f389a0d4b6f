import type { Apps } from '../domain/app-policy.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { AccessTokens } from '../keys/access-token.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import { isLive, requireServed, type Session } from './session.ts'

export interface AuthorizeTools {
  readonly apps: Apps
  readonly store: Store
  readonly accessTokens: AccessTokens
  readonly clock: Clock
}

export type Authorize = (accessToken: string) => Promise<Session>

/**
 * The live session behind an access token. The store is asked every time, so logging out works at once and not only
 * when the token expires.
 */
export function createAuthorize({ apps, store, accessTokens, clock }: AuthorizeTools): Authorize {
  return async function authorize(accessToken) {
    const claims = accessTokens.verify(accessToken)
    const session = claims && (await store.findSession(claims.sessionId))
    if (!session || session.userId !== claims.userId || !isLive(session, clock.now()))
      throw new ProblemError('token_invalid')
    requireServed(apps, session)
    return session
  }
}
