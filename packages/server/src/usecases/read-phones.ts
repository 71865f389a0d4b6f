import type { PhonesAnswer } from '@weapp-auth/protocol/contract'
import { listedRows } from '../domain/limits.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { Vault } from '../keys/vault.ts'
import type { Page } from '../ports/page.ts'
import type { Store } from '../ports/store.ts'
import { openPhone } from './open-phone.ts'
import { nextOf } from './read-pages.ts'
import type { Session } from './session.ts'

export interface ReadPhonesTools {
  readonly store: Store
  readonly vault: Vault
}

export type ReadPhones = (session: Session, page: Page) => Promise<PhonesAnswer>

/** The numbers that the user ever had here, the newest first, page by page. */
export function createReadPhones({ store, vault }: ReadPhonesTools): ReadPhones {
  return async function readPhones({ userId }, { after = null, limit = listedRows }) {
    const [user, rows] = await Promise.all([store.findUser(userId), store.phonesOf(userId, { after, limit })])
    if (!user) throw new ProblemError('token_invalid')
    const key = vault.openUserKey(user)
    return { phones: rows.map(row => openPhone(key, row)), next: nextOf(rows, limit, ({ id }) => id) }
  }
}
