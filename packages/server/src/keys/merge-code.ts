import { timingSafeEqual } from 'node:crypto'
import { bytesToUuid, uuidToBytes } from '../domain/uuid-bytes.ts'
import { decodeBase64url, encodeBase64url } from './base64url.ts'
import type { Ring } from './ring.ts'
import { mac, type SubKeys } from './sub-keys.ts'

const prefix = 'wxa_mc_'
const bodyLength = 22
const macLength = 16

/** What a merge code says: whoever holds this session lets its user be merged. */
interface MergeClaim {
  /** UUID. */
  readonly sessionId: string
  /** Milliseconds since 1970. */
  readonly until: number
}

/** Makes and reads merge codes. */
export interface MergeCodes {
  mint(claim: MergeClaim): string
  /** `null` for every text that this server never made. Its time is for the caller to compare. */
  read(code: string): MergeClaim | null
}

/**
 * `wxa_mc_` and base64url of session id (16), time (6) and the first 16 bytes of their HMAC-SHA-256: 58 characters.
 * Nothing is stored: the session that made it must be live, and a merge ends that session, so a code works once.
 *
 * @example
 * const codes = createMergeCodes(openRing(keys))
 * codes.read(codes.mint({ sessionId, until: 1_800_000_000_000 })) // { sessionId, until: 1800000000000 }
 */
export function createMergeCodes(ring: Ring): MergeCodes {
  return {
    mint({ sessionId, until }) {
      const body = Buffer.alloc(bodyLength)
      body.set(uuidToBytes(sessionId))
      body.writeUIntBE(until, 16, 6)
      return prefix + encodeBase64url(Buffer.concat([body, tagOf(ring.primary, body)]))
    },
    read(code) {
      const bytes = code.startsWith(prefix) ? decodeBase64url(code.slice(prefix.length)) : null
      if (bytes?.length !== bodyLength + macLength) return null
      const body = bytes.subarray(0, bodyLength)
      const tag = bytes.subarray(bodyLength)
      if (!ring.all.some(keys => timingSafeEqual(tagOf(keys, body), tag))) return null
      return { sessionId: bytesToUuid(body), until: body.readUIntBE(16, 6) }
    },
  }
}

function tagOf(keys: SubKeys, body: Uint8Array): Buffer {
  return mac(keys.of('mac/merge'), body).subarray(0, macLength)
}
