/** Base64url without padding (RFC 4648 section 5). */
export function encodeBase64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url')
}

/**
 * Reads base64url strictly: only the one spelling that {@link encodeBase64url} writes, else `null`. Node's own decoder
 * drops characters it does not know and ignores spare bits, which would give one token many spellings.
 *
 * @example
 * decodeBase64url('AQ')?.length // 1
 * decodeBase64url('AR') // null: spare bits
 */
export function decodeBase64url(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : null
}
