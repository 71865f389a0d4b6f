import { decodeBase64 } from './base64.ts'

/**
 * The 32 bytes of an EncodingAESKey: 43 characters of Base64 without their final `=`. The last character holds two
 * bits too many, and WeChat's console hands out keys in which they are set, so they are ignored here.
 *
 * @throws RangeError
 */
export function decodeEncodingAesKey(encodingAesKey: string): Uint8Array {
  const last = 'AEIMQUYcgkosw048'.charAt(alphabet.indexOf(encodingAesKey.charAt(42)) >> 2)
  const key = encodingAesKey.length === 43 ? decodeBase64(`${encodingAesKey.slice(0, 42)}${last}=`) : null
  if (key === null) throw new RangeError('"encodingAesKey" must have 43 characters of A-Z, a-z, 0-9, + and /')
  return key
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
