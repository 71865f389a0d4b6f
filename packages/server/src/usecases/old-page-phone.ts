import type { Phone } from '@weapp-auth/protocol/contract'
import { ProblemError } from '../domain/problem-error.ts'
import type { AttemptOf } from '../keys/attempts.ts'
import type { Handles, HandleUse } from '../keys/handles.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { BindPhone } from './bind-phone.ts'
import { isLive, type Session } from './session.ts'

export interface OldPagePhoneTools {
  readonly bindPhone: BindPhone
  readonly store: Store
  readonly clock: Clock
  readonly handles: Handles
  readonly attemptOf: AttemptOf
  /** Counts a request of this user; throws RateLimited. */
  readonly countUser: (userId: string) => Promise<void>
}

/** Whose ciphertext it is: the login just made, or the one that a handle names. */
export type OldPageUser =
  | { readonly session: Session; readonly loginId: string }
  | { readonly use: HandleUse; readonly handle: string }

export type OldPagePhone = (input: {
  readonly appId: string
  readonly user: OldPageUser
  readonly encryptedData: string
  readonly iv: string
  readonly requestId: string
}) => Promise<{ readonly session: Session; readonly loginId: string; readonly phone: Phone }>

/**
 * Binds the number for a page that has no token of ours. The user is the one whom the handle names, which only this
 * server can make; an openid names nobody. The ciphertext stands for the attempt, so a repeat gets the same answer.
 */
export function createOldPagePhone(tools: OldPagePhoneTools): OldPagePhone {
  const { bindPhone, store, clock, handles, attemptOf, countUser } = tools

  return async function oldPagePhone({ appId, user, encryptedData, iv, requestId }) {
    const { session, loginId } = 'session' in user ? user : await redeem(appId, user)
    await countUser(session.userId)
    const nonce = attemptOf(appId, encryptedData)
    const { phone } = await bindPhone({ session, loginId, encryptedData, iv, nonce, requestId })
    return { session, loginId, phone }
  }

  async function redeem(appId: string, { use, handle }: { readonly use: HandleUse; readonly handle: string }) {
    const loginId = handles.read(handle, { use, appId })
    const login = loginId === null ? null : await store.findLogin(loginId)
    const session = login && (await store.findSession(login.sessionId))
    if (!session || session.appId !== appId || !isLive(session, clock.now())) throw new ProblemError('login_unusable')
    return { session, loginId: login.id }
  }
}
