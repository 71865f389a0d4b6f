import type { ErasureAnswer } from '@weapp-auth/protocol/contract'
import { mostSessions } from '../domain/limits.ts'
import { isoTime } from '../domain/phone-answer.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { AccessTokens } from '../keys/access-token.ts'
import { digest } from '../keys/digest.ts'
import type { Clock } from '../ports/clock.ts'
import type { Observe } from '../ports/observer.ts'
import type { Store } from '../ports/store.ts'
import type { AvatarFiles } from './avatar-files.ts'
import { isLive } from './session.ts'

export interface EraseMeTools {
  readonly store: Store
  readonly accessTokens: AccessTokens
  readonly avatarFiles: AvatarFiles
  readonly clock: Clock
  readonly tell: Observe
}

interface EraseMeInput {
  readonly accessToken: string
  readonly nonce: string
  readonly requestId: string
}

export type EraseMe = (input: EraseMeInput) => Promise<ErasureAnswer>

/**
 * Erases the user who asks: their data key is destroyed, so that no copy of what it sealed can be read, and their
 * rows and files go. The next login of the same person makes a new user.
 *
 * The session ends with it. A repeat of the same attempt, whose answer was lost, gets the same answer for as long as
 * its access token lives: the erasure remembers the nonce.
 */
export function createEraseMe({ store, accessTokens, avatarFiles, clock, tell }: EraseMeTools): EraseMe {
  return async function eraseMe({ accessToken, nonce, requestId }) {
    const claims = accessTokens.verify(accessToken)
    if (!claims) throw new ProblemError('token_invalid')
    const { userId, appId, sessionId } = claims
    const account = await store.findAccountOfSession(sessionId)
    const now = clock.now()
    if (account && (account.user.id !== userId || !isLive(account.session, now)))
      throw new ProblemError('token_invalid')
    const stillThere = account ?? (await store.findAccount(userId))
    // Their session was swept or removed, not they: such a token may no longer do anything.
    if (!account && stillThere) throw new ProblemError('token_invalid')
    const sessions = await store.liveSessionsOf(userId, now, mostSessions)
    const audit = { at: now, actor: 'user', act: 'user-erased', appId, subject: userId, details: {} } as const
    const erasedAt = await store.eraseUser({ now, userId, attempt: digest('erasure', userId, nonce), audit })
    if (erasedAt === null) throw new ProblemError('token_invalid')
    if (account) {
      await avatarFiles.remove(account.profile.avatarKey)
      tell({ type: 'user-erased', requestId, appId, userId })
      for (const { id } of sessions) tell({ type: 'session-ended', requestId, sessionId: id, reason: 'erased' })
    }
    return { erasedAt: isoTime(erasedAt) }
  }
}
