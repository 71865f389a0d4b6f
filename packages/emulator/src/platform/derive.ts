import { createHash } from 'node:crypto'

/** Bytes and texts that follow from the seed and a label alone, so that a run can be repeated exactly. */
export interface Derive {
  bytes(label: string, length: number): Uint8Array
  text(label: string, length: number, alphabet?: string): string
  hex(label: string, length: number): string
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** The alphabet of openids and access tokens. */
export const BASE64URL = `${BASE62}-_`

/**
 * Everything that looks random in the emulator comes from here. Nothing of it is secret: whoever knows the seed and the
 * clock knows every code.
 */
export function createDerive(seed: number): Derive {
  const block = (label: string, index: number) => createHash('sha256').update(`${seed}\n${label}\n${index}`).digest()
  const bytes = (label: string, length: number) => {
    const out = new Uint8Array(length)
    for (let at = 0; at < length; at += 32) out.set(block(label, at / 32).subarray(0, Math.min(32, length - at)), at)
    return out
  }
  return {
    bytes,
    text: (label, length, alphabet = BASE62) =>
      Array.from(bytes(label, length), byte => alphabet[byte % alphabet.length]).join(''),
    hex: (label, length) =>
      Buffer.from(bytes(label, Math.ceil(length / 2)))
        .toString('hex')
        .slice(0, length),
  }
}
