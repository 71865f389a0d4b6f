import { decodeBase64 } from './base64.ts'
import { decryptAesCbc } from './crypto.ts'
import { isRecord } from './is-record.ts'
import { OpenDataInvalid } from './open-data-invalid.ts'
import { parseStrictJson } from './parse-strict-json.ts'
import { unpadPkcs7 } from './pkcs7.ts'
import { decodeUtf8 } from './utf8.ts'

/** What the mini program hands over, and the key to it. */
export interface EncryptedOpenData {
  /** Base64 of 16 bytes, as the code exchange answered it. */
  readonly sessionKey: string
  /** Base64 of 16 to 8,192 bytes of AES-128-CBC ciphertext. */
  readonly encryptedData: string
  /** Base64 of 16 bytes. */
  readonly iv: string
}

/** A decrypted payload in WeChat's own words. Not to be believed before a reader such as `readPhone` has checked it. */
export type OpenData = Readonly<Record<string, unknown>>

/** Ciphertext longer than this is refused; a profile has about 400 bytes, 31 days of WeRun steps about 1,400. */
const maxBytes = 8_192

/**
 * Decrypts `encryptedData` (WeChat's documentation, "开放数据校验与解密"): AES-128-CBC with PKCS#7 around a JSON object.
 * Base64 must be canonical, UTF-8 well-formed and keys unique.
 *
 * Success proves little: CBC has no integrity, and whoever sends `iv` chooses the first 16 bytes. Always read the
 * result with `readPhone` or `readUserInfo`, and let a session_key die after a few failures.
 *
 * @throws OpenDataInvalid for every cause alike.
 *
 * @example
 * const phone = readPhone(decryptOpenData({ sessionKey, encryptedData, iv }), { appId, now: clock.now() })
 */
export function decryptOpenData(input: EncryptedOpenData): OpenData {
  const data = open(input)
  if (data === null) throw new OpenDataInvalid()
  return data
}

/** Failures meet in one `null`, so that even the stack of the error is the same for all of them. */
function open({ sessionKey, encryptedData, iv }: EncryptedOpenData): OpenData | null {
  const key = decodeBlock(sessionKey)
  const vector = decodeBlock(iv)
  const ciphertext = encryptedData.length <= maxBytes * 1.5 ? decodeBase64(encryptedData) : null
  if (!key || !vector || !ciphertext || !isCiphertextLength(ciphertext.length)) return null
  const plain = unpadPkcs7(decryptAesCbc(key, vector, ciphertext), 16)
  const text = plain && decodeUtf8(plain)
  return text === null ? null : parseObject(text)
}

/** Base64 of exactly one AES block, which is also the length of the key. */
function decodeBlock(text: string): Uint8Array | null {
  return text.length === 24 && text.endsWith('==') ? decodeBase64(text) : null
}

function isCiphertextLength(length: number): boolean {
  return length > 0 && length <= maxBytes && length % 16 === 0
}

function parseObject(text: string): OpenData | null {
  try {
    const value = parseStrictJson(text)
    return isRecord(value) ? value : null
  } catch {
    return null
  }
}
