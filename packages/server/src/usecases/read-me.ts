import type { MeAnswer } from '@weapp-auth/protocol/contract'
import { ProblemError } from '../domain/problem-error.ts'
import { noProfile, userAnswer } from '../domain/user-answer.ts'
import type { Vault } from '../keys/vault.ts'
import type { Store } from '../ports/store.ts'
import { openPhone } from './open-phone.ts'
import type { Session } from './session.ts'

export interface ReadMeTools {
  readonly store: Store
  readonly vault: Vault
}

export type ReadMe = (session: Session) => Promise<MeAnswer>

/** What the server knows about the user who asks. */
export function createReadMe({ store, vault }: ReadMeTools): ReadMe {
  return async function readMe({ userId }) {
    const [user, phone] = await Promise.all([store.findUser(userId), store.currentPhone(userId)])
    if (!user) throw new ProblemError('token_invalid')
    return { user: userAnswer(user, phone && openPhone(vault.openUserKey(user), phone), noProfile) }
  }
}
