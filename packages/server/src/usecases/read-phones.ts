import type { PhonesAnswer } from '@weapp-auth/protocol/contract'
import { ProblemError } from '../domain/problem-error.ts'
import type { Vault } from '../keys/vault.ts'
import type { Store } from '../ports/store.ts'
import { openPhone } from './open-phone.ts'
import type { Session } from './session.ts'

export interface ReadPhonesTools {
  readonly store: Store
  readonly vault: Vault
}

export type ReadPhones = (session: Session) => Promise<PhonesAnswer>

/** Every number the user ever had here, the newest first. */
export function createReadPhones({ store, vault }: ReadPhonesTools): ReadPhones {
  return async function readPhones({ userId }) {
    const [user, rows] = await Promise.all([store.findUser(userId), store.phonesOf(userId)])
    if (!user) throw new ProblemError('token_invalid')
    const key = vault.openUserKey(user)
    return { phones: rows.map(row => openPhone(key, row)) }
  }
}
