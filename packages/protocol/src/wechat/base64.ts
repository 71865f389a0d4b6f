const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const sextets = new Int8Array(128).fill(-1)
for (const [value, letter] of [...alphabet].entries()) sextets[letter.charCodeAt(0)] = value

/**
 * Base64 (RFC 4648, section 4) back to bytes; `null` unless the text is what {@link encodeBase64} writes for them:
 * no white space, no missing padding, no spare bits (section 3.5), no URL alphabet.
 *
 * @example
 * decodeBase64('AAE=') // Uint8Array [0, 1]
 * decodeBase64('AAF=') // null: the last character carries spare bits
 */
export function decodeBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0) return null
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const bytes = new Uint8Array((text.length / 4) * 3 - padding)
  const whole = text.length - (padding === 0 ? 0 : 4)
  let at = 0
  for (let i = 0; i < whole; i += 4) {
    // A sextet of -1 keeps the whole word negative.
    const word =
      (sextet(text, i) << 18) | (sextet(text, i + 1) << 12) | (sextet(text, i + 2) << 6) | sextet(text, i + 3)
    if (word < 0) return null
    bytes[at++] = word >> 16
    bytes[at++] = word >> 8
    bytes[at++] = word
  }
  return padding === 0 || decodeTail(text, whole, padding, bytes, at) ? bytes : null
}

function decodeTail(text: string, from: number, padding: number, bytes: Uint8Array, at: number): boolean {
  const third = padding === 1 ? sextet(text, from + 2) : 0
  const word = (sextet(text, from) << 12) | (sextet(text, from + 1) << 6) | third
  const spare = padding === 1 ? 0b11 : 0b1111 << 6
  if (word < 0 || (word & spare) !== 0) return false
  bytes[at] = word >> 10
  // Of two padding characters this is beyond the end, where a typed array keeps nothing.
  bytes[at + 1] = word >> 2
  return true
}

function sextet(text: string, at: number): number {
  return sextets[text.charCodeAt(at)] ?? -1
}

/**
 * Base64 (RFC 4648, section 4) with padding.
 *
 * @example
 * encodeBase64(new Uint8Array([0, 1])) // 'AAE='
 */
export function encodeBase64(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const word = (byte(bytes, i) << 16) | (byte(bytes, i + 1) << 8) | byte(bytes, i + 2)
    text += letter(word >> 18) + letter(word >> 12)
    text += i + 1 < bytes.length ? letter(word >> 6) : '='
    text += i + 2 < bytes.length ? letter(word) : '='
  }
  return text
}

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0
}

function letter(sextet: number): string {
  return alphabet.charAt(sextet & 63)
}
