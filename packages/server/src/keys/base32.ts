const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Base32 without padding (RFC 4648, section 6), for bytes in groups of five. */
export function encodeBase32(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length * 8; at += 5) {
    const pair = ((bytes[at >> 3] ?? 0) << 8) | (bytes[(at >> 3) + 1] ?? 0)
    text += letters[(pair >> (11 - (at & 7))) & 31]
  }
  return text
}
