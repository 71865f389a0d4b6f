import { hmacSha256Hex } from './crypto.ts'

/**
 * The `signature` that WeChat asks for as proof of holding a session_key ("用户登录态签名", `sig_method=hmac_sha256`).
 * The key is the Base64 text of session_key, not the bytes it stands for. `checksession`, `resetusersessionkey` and
 * `getuserencryptkey` sign the empty text.
 *
 * @example
 * sessionSignature('o0q0otL8aEzpcZL/FT9WsQ==') // '46e043c5…', 64 hex digits
 */
export function sessionSignature(sessionKey: string, data = ''): string {
  return hmacSha256Hex(sessionKey, data)
}
