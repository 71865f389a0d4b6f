import { timingSafeEqual } from 'node:crypto'
import { bytesToUuid, uuidToBytes } from '../domain/uuid-bytes.ts'
import { decodeBase64url, encodeBase64url } from './base64url.ts'
import type { Ring } from './ring.ts'
import { mac, type SubKeys } from './sub-keys.ts'

const prefix = 'wxa_rt_'
const bodyLength = 20
const macLength = 16

/** What a refresh token says: the how-manieth token of which session. */
interface RefreshClaim {
  /** UUID. */
  readonly sessionId: string
  readonly counter: number
}

/** Makes and reads refresh tokens. */
export interface RefreshTokens {
  mint(claim: RefreshClaim): string
  /** `null` for every text that this server never made. */
  read(token: string): RefreshClaim | null
}

/**
 * `wxa_rt_` and base64url of session id (16), counter (4) and the first 16 bytes of their HMAC-SHA-256: 55 characters.
 * The database keeps the session id and the counter, so nothing in it can be replayed, and one session takes one row
 * however often it is refreshed. Reads tokens of every root key in use, makes them with the primary.
 *
 * @example
 * const tokens = createRefreshTokens(openRing(keys))
 * tokens.read(tokens.mint({ sessionId, counter: 0 })) // { sessionId, counter: 0 }
 */
export function createRefreshTokens(ring: Ring): RefreshTokens {
  return {
    mint({ sessionId, counter }) {
      const body = Buffer.alloc(bodyLength)
      body.set(uuidToBytes(sessionId))
      body.writeUInt32BE(counter, 16)
      return prefix + encodeBase64url(Buffer.concat([body, tagOf(ring.primary, body)]))
    },
    read(token) {
      const bytes = token.startsWith(prefix) ? decodeBase64url(token.slice(prefix.length)) : null
      if (bytes?.length !== bodyLength + macLength) return null
      const body = bytes.subarray(0, bodyLength)
      const tag = bytes.subarray(bodyLength)
      if (!ring.all.some(keys => timingSafeEqual(tagOf(keys, body), tag))) return null
      return { sessionId: bytesToUuid(body), counter: body.readUInt32BE(16) }
    },
  }
}

function tagOf(keys: SubKeys, body: Uint8Array): Buffer {
  return mac(keys.of('mac/refresh'), body).subarray(0, macLength)
}
