import type { MeAnswer } from '@weapp-auth/protocol/contract'
import type { Apps } from '../domain/app-policy.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { AccessTokens } from '../keys/access-token.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { OpenUser } from './open-user.ts'
import { isLive, requireServed } from './session.ts'

export interface ReadMeTools {
  readonly apps: Apps
  readonly store: Store
  readonly accessTokens: AccessTokens
  readonly openUser: OpenUser
  readonly clock: Clock
}

export type ReadMe = (accessToken: string) => Promise<MeAnswer>

/** What the server knows about the user who asks; with the check of their session this is one question of the store. */
export function createReadMe({ apps, store, accessTokens, openUser, clock }: ReadMeTools): ReadMe {
  return async function readMe(accessToken) {
    const claims = accessTokens.verify(accessToken)
    const account = claims && (await store.findAccountOfSession(claims.sessionId))
    if (account?.user.id !== claims?.userId || !account || !isLive(account.session, clock.now()))
      throw new ProblemError('token_invalid')
    requireServed(apps, account.session)
    return { user: openUser(account) }
  }
}
