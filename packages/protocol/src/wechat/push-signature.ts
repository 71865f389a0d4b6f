import { sha1Hex } from './crypto.ts'
import { equalText } from './equal-text.ts'

/** What a message push is signed over. */
export interface PushSigned {
  /** The Token of the push settings. */
  readonly token: string
  readonly timestamp: string
  readonly nonce: string
  /** `Encrypt` of the body in secure mode; absent for the URL check and in plain mode. */
  readonly encrypt?: string
}

/**
 * SHA-1 over the sorted parts ("消息推送"). With `encrypt` it is `msg_signature`, without it `signature`. A message in
 * secure mode carries both: check `msg_signature`, for `signature` does not cover the body.
 *
 * @example
 * pushSignature({ token: 'AAAAA', timestamp: '1714036504', nonce: '1514711492' })
 * // 'f464b24fc39322e44b38aa78f5edd27bd1441696'
 */
export function pushSignature({ token, timestamp, nonce, encrypt }: PushSigned): string {
  const parts = encrypt === undefined ? [token, timestamp, nonce] : [token, timestamp, nonce, encrypt]
  return sha1Hex(parts.sort().join(''))
}

/**
 * Whether the signature fits; compared without telling where it differs.
 *
 * @example
 * verifyPushSignature({ token, timestamp, nonce, encrypt, signature: query.msg_signature })
 */
export function verifyPushSignature({ signature, ...signed }: PushSigned & { readonly signature: string }): boolean {
  return equalText(pushSignature(signed), signature)
}
