import type { Tokens } from '@weapp-auth/protocol/contract'
import { type AccessTokens, accessTokenSeconds } from './access-token.ts'
import type { RefreshTokens } from './refresh-token.ts'

/** A session as its tokens name it. */
interface TokenSession {
  readonly id: string
  readonly userId: string
  readonly appId: string
  /** How often its refresh token was rotated. */
  readonly counter: number
}

/** Makes both tokens of a session. */
export type IssueTokens = (session: TokenSession) => Tokens

/**
 * @example
 * const issue = createIssueTokens({ access, refresh })
 * issue({ id: sessionId, userId, appId, counter: 0 }).expiresIn // 600
 */
export function createIssueTokens(tools: {
  readonly access: AccessTokens
  readonly refresh: RefreshTokens
}): IssueTokens {
  return ({ id, userId, appId, counter }) => ({
    accessToken: tools.access.mint({ userId, appId, sessionId: id }),
    expiresIn: accessTokenSeconds,
    refreshToken: tools.refresh.mint({ sessionId: id, counter }),
  })
}
