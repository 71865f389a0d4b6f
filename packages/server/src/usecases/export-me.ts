import type { ExportAnswer, ExportedSession } from '@weapp-auth/protocol/contract'
import { isoTime } from '../domain/phone-answer.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { Vault } from '../keys/vault.ts'
import type { Clock } from '../ports/clock.ts'
import type { SessionRow, Store } from '../ports/store.ts'
import { consentAnswer } from './keep-consents.ts'
import { openPhone } from './open-phone.ts'
import type { OpenUser } from './open-user.ts'
import type { Session } from './session.ts'

export interface ExportMeTools {
  readonly store: Store
  readonly vault: Vault
  readonly openUser: OpenUser
  readonly clock: Clock
}

export type ExportMe = (session: Session) => Promise<ExportAnswer>

/** Everything the server knows about the user who asks (PIPL, articles 44 and 45). */
export function createExportMe({ store, vault, openUser, clock }: ExportMeTools): ExportMe {
  return async function exportMe({ userId }) {
    const [account, identities, phones, consents, sessions] = await Promise.all([
      store.findAccount(userId),
      store.identitiesOf(userId),
      store.phonesOf(userId),
      store.consentsOf(userId),
      store.sessionsOf(userId),
    ])
    if (!account) throw new ProblemError('token_invalid')
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
