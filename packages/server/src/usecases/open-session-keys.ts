import { limits } from '../domain/limits.ts'
import type { Vault } from '../keys/vault.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { Session } from './session.ts'
import { sessionKeyPlace } from './session-key-place.ts'

export interface OpenSessionKeysTools {
  readonly store: Store
  readonly vault: Vault
  readonly clock: Clock
}

/** A session_key in the clear, while one ciphertext is tried. */
export interface OpenedKey {
  readonly id: string
  readonly sessionKey: string
}

export type OpenSessionKeys = (session: Session, loginId: string) => Promise<readonly OpenedKey[]>

/**
 * The key of a login, the one before it for ten minutes (a login inside the phone's callback may have changed it after
 * the ciphertext was made), and the one in use now (WeChat has one key for all phones of a user, so another of them may
 * have logged in since). None when the login is another user's or another app's, or its key was erased.
 */
export function createOpenSessionKeys({ store, vault, clock }: OpenSessionKeysTools): OpenSessionKeys {
  return async function openSessionKeys({ userId, appId }, loginId) {
    const login = await store.findLogin(loginId)
    if (login?.userId !== userId || login.appId !== appId) return []
    const [user, rows] = await Promise.all([
      store.findUser(userId),
      store.sessionKeysOf(loginId, clock.now() - limits.formerKey),
    ])
    const key = user && vault.openUserKey(user)
    return rows.flatMap(({ id, sealed }) =>
      key && sealed ? [{ id, sessionKey: key.open(sealed, sessionKeyPlace(appId, id)) }] : [],
    )
  }
}
