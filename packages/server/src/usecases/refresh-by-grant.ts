import type { Tokens } from '@weapp-auth/protocol/contract'
import type { Ids } from '../domain/ids.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { RefreshTokens } from '../keys/refresh-token.ts'
import type { Store } from '../ports/store.ts'
import type { RotateSession } from './rotate-session.ts'

export interface RefreshByGrantTools {
  readonly store: Store
  readonly refreshTokens: RefreshTokens
  readonly rotateSession: RotateSession
  readonly newId: Ids
}

export interface RefreshGrant {
  readonly grant_type: string
  readonly refresh_token: string
  /** The mini program that the token was issued for. */
  readonly client_id: string
  /** As in `POST /v1/token`; without it a lost answer cannot be had again. Default: a new one for each request. */
  readonly nonce?: string
}

export type RefreshByGrant = (grant: RefreshGrant & { readonly requestId: string }) => Promise<Tokens>

/**
 * The refresh token grant (RFC 6749, section 6) for public clients.
 *
 * @throws ProblemError grant_unsupported; grant_invalid for whatever is wrong with the token.
 */
export function createRefreshByGrant(tools: RefreshByGrantTools): RefreshByGrant {
  const { store, refreshTokens, rotateSession, newId } = tools
  return async function refreshByGrant({ grant_type, refresh_token, client_id, nonce = newId(), requestId }) {
    if (grant_type !== 'refresh_token') throw new ProblemError('grant_unsupported', { field: 'grant_type' })
    const claim = refreshTokens.read(refresh_token)
    const session = claim && (await store.findSession(claim.sessionId))
    if (session?.appId !== client_id) throw new ProblemError('grant_invalid')
    const { tokens } = await rotateSession({ refreshToken: refresh_token, nonce, requestId }).catch(grantInvalid)
    return tokens
  }
}

function grantInvalid(error: unknown): never {
  const refused = error instanceof ProblemError && /^(refresh_|app_unknown$)/.test(error.code)
  throw refused ? new ProblemError('grant_invalid', { detail: error.code }) : error
}
