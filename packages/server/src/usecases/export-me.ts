import type { ExportAnswer, ExportedSession } from '@weapp-auth/protocol/contract'
import { isoTime } from '../domain/phone-answer.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { Vault } from '../keys/vault.ts'
import type { Clock } from '../ports/clock.ts'
import type { SessionRow, Store } from '../ports/store.ts'
import { consentAnswer, consentKey } from './keep-consents.ts'
import { openPhone } from './open-phone.ts'
import type { OpenUser } from './open-user.ts'
import { readPages } from './read-pages.ts'
import type { Session } from './session.ts'

export interface ExportUserTools {
  readonly store: Store
  readonly vault: Vault
  readonly openUser: OpenUser
  readonly clock: Clock
}

export type ExportMe = (session: Session) => Promise<ExportAnswer>

/** `null` when there is no such user. */
export type ExportUser = (userId: string) => Promise<ExportAnswer | null>

export function createExportMe({ exportUser }: { readonly exportUser: ExportUser }): ExportMe {
  return async function exportMe({ userId }) {
    const copy = await exportUser(userId)
    if (!copy) throw new ProblemError('token_invalid')
    return copy
  }
}

const idOf = ({ id }: { readonly id: string }) => id

/** Everything the server knows about a user (PIPL, articles 44 and 45), however much it is. */
export function createExportUser({ store, vault, openUser, clock }: ExportUserTools): ExportUser {
  return async function exportUser(userId) {
    const [account, identities, phones, consents, sessions] = await Promise.all([
      store.findAccount(userId),
      store.identitiesOf(userId),
      readPages(page => store.phonesOf(userId, page), idOf),
      readPages(page => store.consentsOf(userId, page), consentKey),
      readPages(page => store.sessionsOf(userId, page), idOf),
    ])
    if (!account) return null
    const key = vault.openUserKey(account.user)
    return {
      exportedAt: isoTime(clock.now()),
      user: openUser(account, () => key),
      identities: identities.map(({ appId, openId, unionId }) => ({ appId, openId, unionId })),
      phones: phones.map(phone => openPhone(key, phone)),
      consents: consents.map(consentAnswer),
      sessions: sessions.map(exportedSession),
    }
  }
}

function exportedSession({ id, appId, createdAt, idleUntil, absoluteUntil, endedAt }: SessionRow): ExportedSession {
  return {
    id,
    appId,
    createdAt: isoTime(createdAt),
    idleUntil: isoTime(idleUntil),
    absoluteUntil: isoTime(absoluteUntil),
    endedAt: endedAt === null ? null : isoTime(endedAt),
  }
}
