import type { IntrospectionAnswer } from '@weapp-auth/protocol/contract'
import type { Apps } from '../domain/app-policy.ts'
import type { AccessTokens } from '../keys/access-token.ts'
import type { RefreshTokens } from '../keys/refresh-token.ts'
import type { Clock } from '../ports/clock.ts'
import type { SessionRow, Store } from '../ports/store.ts'
import { isLive } from './session.ts'

export interface IntrospectTools {
  readonly apps: Apps
  readonly store: Store
  readonly accessTokens: AccessTokens
  readonly refreshTokens: RefreshTokens
  readonly issuer: string
  readonly audience: string
  readonly clock: Clock
}

export type Introspect = (token: string) => Promise<IntrospectionAnswer>

/**
 * Whether a token is live, and whose it is (RFC 7662). The store is asked every time, so a session that ended is
 * inactive at once; so is one of a mini program that was removed. Of a token that is not live nothing else is told.
 */
export function createIntrospect(tools: IntrospectTools): Introspect {
  const { apps, store, accessTokens, refreshTokens, issuer, audience, clock } = tools

  return async function introspect(token) {
    const access = accessTokens.verify(token)
    if (access) {
      const session = await live(access.sessionId)
      return session?.userId === access.userId ? tell(session, 'access_token', access.expiresAt) : { active: false }
    }
    const refresh = refreshTokens.read(token)
    if (!refresh) return { active: false }
    const session = await live(refresh.sessionId)
    if (session?.counter !== refresh.counter) return { active: false }
    return tell(session, 'refresh_token', Math.min(session.idleUntil, session.absoluteUntil))
  }

  async function live(sessionId: string): Promise<SessionRow | null> {
    const session = await store.findSession(sessionId)
    return session && apps.has(session.appId) && isLive(session, clock.now()) ? session : null
  }

  function tell(
    { id, userId, appId }: SessionRow,
    token_use: 'access_token' | 'refresh_token',
    expiresAt: number,
  ): IntrospectionAnswer {
    return {
      active: true,
      ...(token_use === 'access_token' ? { token_type: 'Bearer' } : {}),
      token_use,
      iss: issuer,
      aud: audience,
      sub: userId,
      client_id: appId,
      sid: id,
      exp: Math.floor(expiresAt / 1000),
    }
  }
}
