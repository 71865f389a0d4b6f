import { limits } from '../domain/limits.ts'
import type { UserKey, Vault } from '../keys/vault.ts'
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

export type OpenSessionKeys = (session: Session, loginId: string, key?: UserKey) => Promise<readonly OpenedKey[]>

/**
 * The key of a login, the one before it for ten minutes (a login inside the phone's callback may have changed it after
 * the ciphertext was made), and the one in use now (WeChat has one key for all phones of a user, so another of them may
 * have logged in since). None when the login is another user's or another app's, or its key was erased.
 */
export function createOpenSessionKeys({ store, vault, clock }: OpenSessionKeysTools): OpenSessionKeys {
  return async function openSessionKeys({ userId, appId }, loginId, opened) {
    const [user, rows] = await Promise.all([
      opened ? null : store.findUser(userId),
      store.sessionKeysOf(loginId, clock.now() - limits.formerKey),
    ])
    const key = opened ?? (user && vault.openUserKey(user))
    const own = rows.filter(row => row.userId === userId && row.appId === appId)
    return own.flatMap(({ id, sealed }) =>
      key && sealed ? [{ id, sessionKey: key.open(sealed, sessionKeyPlace(appId, id)) }] : [],
    )
  }
}
