import type { TokenAnswer } from '@weapp-auth/protocol/contract'
import type { Platform } from '../platform.ts'
import type { AskServer } from './ask-server.ts'
import type { AuthStateHolder } from './auth-state.ts'
import { failure, type LoginFailure } from './outcomes.ts'
import { failureText } from './read-failure.ts'
import type { Session } from './session.ts'
import { singleFlight } from './single-flight.ts'

export interface TokensTools {
  readonly platform: Platform
  readonly askServer: AskServer
  readonly session: Session
  readonly state: AuthStateHolder
}

export type TokenOutcome =
  | { readonly status: 'token'; readonly accessToken: string }
  /** There is no live session: only a login brings one. */
  | { readonly status: 'none' }
  | LoginFailure

/**
 * Gives an access token without `wx.login`: the one in memory, or a refreshed one. One refresh serves all who wait.
 *
 * The nonce is on the device since the token is. If the answer is lost, even with the app killed, the same token with
 * the same nonce gets the same successor; a thief of the token alone does not have the nonce and ends the session
 * (`refresh_reused`).
 */
export function createTokens({ platform, askServer, session, state }: TokensTools): () => Promise<TokenOutcome> {
  const refresh = singleFlight(async (): Promise<TokenOutcome> => {
    const nextNonce = await platform.randomHex()
    const stored = await session.latest()
    if (!stored) return { status: 'none' }
    const answer = await askServer<TokenAnswer>({ path: '/v1/token', body: stored, mark: 'tokens' })
    // A login or a logout may have replaced the session while we waited.
    if (session.stored() !== stored) return inMemory()
    if (answer.status === 'granted') {
      session.renew(answer.value.tokens, nextNonce)
      if (state.get().session === 'known') state.set({ session: 'in' })
    } else if (answer.retry === 'later') {
      return failure('unavailable', answer.detail)
    } else {
      // Also when the server finds the token malformed: keeping it would refuse the user for ever.
      await session.end()
    }
    return inMemory()
  })

  function inMemory(): TokenOutcome {
    const accessToken = session.accessToken()
    return accessToken === null ? { status: 'none' } : { status: 'token', accessToken }
  }

  return function currentToken() {
    const now = inMemory()
    return now.status === 'token'
      ? Promise.resolve(now)
      : refresh().catch(error => failure('failed', failureText(error)))
  }
}
