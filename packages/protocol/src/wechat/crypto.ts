/*
 * The only file of this package that touches the platform: synchronous node:crypto, behind a few functions.
 * Why synchronous: docs/decisions/0001-synchronous-node-crypto.md.
 */
import { constants, createCipheriv, createDecipheriv, createHmac, hash, sign, verify } from 'node:crypto'
import { encodeUtf8 } from './utf8.ts'

/**
 * SHA-256 of the text's UTF-8 bytes, as 64 lower-case hex digits.
 *
 * @example
 * sha256Hex('') // 'e3b0c442…'
 */
export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex')
}

/** SHA-1 of the text's UTF-8 bytes, as 40 lower-case hex digits. Only where WeChat's protocol asks for it. */
export function sha1Hex(text: string): string {
  return hash('sha1', text, 'hex')
}

/** HMAC-SHA-256 as lower-case hex; key and text are taken as UTF-8. */
export function hmacSha256Hex(key: string, text: string): string {
  return createHmac('sha256', key).update(text, 'utf8').digest('hex')
}

/** AES-CBC without any padding of its own: AES-128 for a key of 16 bytes, AES-256 for one of 32. */
export function encryptAesCbc(key: Uint8Array, iv: Uint8Array, padded: Uint8Array): Uint8Array {
  const cipher = createCipheriv(cbcOf(key), key, iv).setAutoPadding(false)
  const ciphertext = cipher.update(padded)
  cipher.final()
  return ciphertext
}

/** The inverse of {@link encryptAesCbc}; the padding is left in place, so a wrong key cannot make it throw. */
export function decryptAesCbc(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  const decipher = createDecipheriv(cbcOf(key), key, iv).setAutoPadding(false)
  const padded = decipher.update(ciphertext)
  decipher.final()
  return padded
}

function cbcOf(key: Uint8Array): string {
  return key.length === 16 ? 'aes-128-cbc' : 'aes-256-cbc'
}

/** Node accepts tags of 4 bytes unless the length is given: https://nodejs.org/api/crypto.html, CCM and GCM. */
const gcm = { authTagLength: 16 }

/** AES-256-GCM; key of 32 bytes, iv of 12. */
export function sealAesGcm(key: Uint8Array, iv: Uint8Array, aad: Uint8Array, plaintext: Uint8Array) {
  const cipher = createCipheriv('aes-256-gcm', key, iv, gcm).setAAD(aad)
  const ciphertext = cipher.update(plaintext)
  cipher.final()
  return { ciphertext, tag: cipher.getAuthTag() }
}

/** `null` when the tag does not fit. */
export function openAesGcm(
  key: Uint8Array,
  iv: Uint8Array,
  aad: Uint8Array,
  ciphertext: Uint8Array,
  tag: Uint8Array,
): Uint8Array | null {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, iv, gcm).setAAD(aad).setAuthTag(tag)
    const plaintext = decipher.update(ciphertext)
    decipher.final()
    return plaintext
  } catch {
    return null
  }
}

/** RSASSA-PSS with SHA-256, MGF1-SHA-256 and a salt of 32 bytes. */
export function signRsaPss(privateKeyPem: string, text: string): Uint8Array {
  return sign('sha256', encodeUtf8(text), pss(privateKeyPem))
}

/** The inverse of {@link signRsaPss}; takes a public key or a certificate in PEM. */
export function verifyRsaPss(publicKeyPem: string, text: string, signature: Uint8Array): boolean {
  return verify('sha256', encodeUtf8(text), pss(publicKeyPem), signature)
}

function pss(key: string) {
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
}
