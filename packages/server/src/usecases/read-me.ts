import type { MeAnswer } from '@weapp-auth/protocol/contract'
import { isoTime } from '../domain/phone-answer.ts'
import { ProblemError } from '../domain/problem-error.ts'
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
    const { id, createdAt } = user
    return { user: { id, phone: phone && openPhone(vault.openUserKey(user), phone), createdAt: isoTime(createdAt) } }
  }
}
