import { bytesToUuid, uuidToBytes } from '../domain/uuid-bytes.ts'
import { decodeBase64url, encodeBase64url } from './base64url.ts'
import type { Ring } from './ring.ts'
import { keyIdOf, type Place, SealBroken, seal, unseal } from './sealed-record.ts'
import { mac } from './sub-keys.ts'

const prefix = 'wxa_lh_'

/** What an old page takes a handle for: a `session_key` (or a token), or an openid. One is not taken for the other. */
export type HandleUse = 'session' | 'openid'

/** A login as an old page may name it. */
export interface HandleClaim {
  readonly use: HandleUse
  readonly appId: string
  /** UUID. */
  readonly loginId: string
}

/** Makes and reads what old pages get in place of `session_key` and openid. */
export interface Handles {
  /** The same claim always gives the same handle, so a repeated request gets the same answer. */
  mint(claim: HandleClaim): string
  /** The id of the login; `null` for every text that this server did not make for this app and this use. */
  read(handle: string, expected: Omit<HandleClaim, 'loginId'>): string | null
}

/**
 * `wxa_lh_` and base64url of a sealed login id: 71 characters that tell nothing and can be made by nobody else. The
 * nonce is a keyed hash of what is sealed, so it comes again only with the same login, use and app. Reads handles of
 * every root key in use, makes them with the primary. When a handle ends is decided by the session of its login.
 *
 * @example
 * const handles = createHandles(openRing(keys))
 * handles.read(handles.mint({ use: 'session', appId, loginId }), { use: 'session', appId }) // loginId
 */
export function createHandles(ring: Ring): Handles {
  return {
    mint({ use, appId, loginId }) {
      const { primary } = ring
      const nonce = mac(primary.of('mac/handle'), `${use}|${appId}|${loginId}`).subarray(0, 12)
      const plain = uuidToBytes(loginId)
      const record = seal({
        key: primary.of('seal/handle'),
        keyId: primary.id,
        place: placeOf(use, appId),
        plain,
        nonce,
      })
      return prefix + encodeBase64url(record)
    },
    read(handle, { use, appId }) {
      const record = handle.startsWith(prefix) ? decodeBase64url(handle.slice(prefix.length)) : null
      if (!record) return null
      try {
        const key = ring.byId(keyIdOf(record)).of('seal/handle')
        return bytesToUuid(unseal({ key, place: placeOf(use, appId), record }))
      } catch (error) {
        if (error instanceof SealBroken) return null
        throw error
      }
    },
  }
}

function placeOf(use: HandleUse, appId: string): Place {
  return { table: 'handle', column: use, appId, userId: '-', row: '-' }
}
