import { sha1Hex } from './crypto.ts'
import { equalText } from './equal-text.ts'

/**
 * The `signature` of `wx.getUserInfo` ("开放数据校验与解密"): SHA-1 over the exact `rawData` text followed by the
 * session_key, which is taken as Base64 text and not decoded.
 *
 * @example
 * rawDataSignature('{"nickName":"Band"}', sessionKey) // 40 hex digits
 */
export function rawDataSignature(rawData: string, sessionKey: string): string {
  return sha1Hex(rawData + sessionKey)
}

/**
 * Whether `signature` belongs to `rawData`. Hand over `rawData` as it was received: parsing and writing it again
 * changes it.
 *
 * @example
 * verifyRawDataSignature({ rawData, sessionKey, signature }) // true
 */
export function verifyRawDataSignature({
  rawData,
  sessionKey,
  signature,
}: {
  readonly rawData: string
  readonly sessionKey: string
  readonly signature: string
}): boolean {
  return equalText(rawDataSignature(rawData, sessionKey), signature)
}
