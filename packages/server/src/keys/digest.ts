import { hash } from 'node:crypto'

/**
 * SHA-256 over several texts. Each is written with its length, so that two different lists never meet in one hash.
 *
 * @example
 * digest('login-code', 'wx0000000000000001', '0a1b2c').length // 32
 */
export function digest(...parts: readonly string[]): Uint8Array {
  return hash('sha256', parts.map(part => `${part.length}:${part}`).join(''), 'buffer')
}

/** Bytes as a key of a Map. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

/** SHA-256 of one text, in Base64, as content security policies name it. */
export function digestOfText(text: string): string {
  return hash('sha256', text, 'base64')
}
