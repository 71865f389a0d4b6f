import { encodeBase64url } from './base64url.ts'
import type { Ring } from './ring.ts'
import { mac } from './sub-keys.ts'

/** A nonce for who made none: the same code or ciphertext gives the same one. */
export type AttemptOf = (appId: string, once: string) => string

/**
 * Keyed, so that nobody who saw a code can make the nonce that repeats its attempt by `/v1`.
 *
 * @example
 * const attemptOf = createAttemptOf(openRing(keys))
 * attemptOf(appId, code) === attemptOf(appId, code)
 */
export function createAttemptOf(ring: Ring): AttemptOf {
  return (appId, once) => encodeBase64url(mac(ring.primary.of('mac/attempt'), `${appId}|${once}`))
}
