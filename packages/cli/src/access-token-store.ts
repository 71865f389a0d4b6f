import { hkdfSync } from 'node:crypto'
import type { AccessTokenStore, Keyring } from '@weapp-auth/server'
import { createSealedTokenStore, type TokenStore } from '@weapp-auth/wechat'

/**
 * The database as shared memory of access tokens, sealed under a key of their own. After the root key has changed the
 * stored tokens no longer open, and a new one is asked for.
 */
export function createAccessTokenStore(table: AccessTokenStore, keyring: () => Keyring): TokenStore {
  return createSealedTokenStore({ table, key: () => keyOf(keyring()) })
}

function keyOf({ root }: Keyring): Uint8Array {
  const primary = root.keys.find(key => key.id === root.primary)
  if (!primary) throw new TypeError('"root.primary" must be the id of a key')
  return new Uint8Array(hkdfSync('sha256', primary.secret, '', 'wrap/access-token', 32))
}
