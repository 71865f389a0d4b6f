import { decodeBase64, encodeBase64 } from './base64.ts'
import { encryptAesCbc } from './crypto.ts'
import { padPkcs7 } from './pkcs7.ts'
import { encodeUtf8 } from './utf8.ts'

/**
 * Makes `encryptedData` as WeChat makes it; for emulators and tests.
 *
 * @throws RangeError when key or iv are not canonical Base64 of 16 bytes.
 *
 * @example
 * encryptOpenData({ sessionKey, iv, plaintext: JSON.stringify({ phoneNumber: '13800138000' }) }) // Base64
 */
export function encryptOpenData({
  sessionKey,
  iv,
  plaintext,
}: {
  readonly sessionKey: string
  readonly iv: string
  readonly plaintext: string
}): string {
  const key = sixteenBytes('sessionKey', sessionKey)
  return encodeBase64(encryptAesCbc(key, sixteenBytes('iv', iv), padPkcs7(encodeUtf8(plaintext), 16)))
}

function sixteenBytes(field: string, text: string): Uint8Array {
  const bytes = decodeBase64(text)
  if (bytes?.length !== 16) throw new RangeError(`"${field}" must be canonical Base64 of 16 bytes`)
  return bytes
}
