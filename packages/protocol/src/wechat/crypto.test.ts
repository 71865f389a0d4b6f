import { constants, generateKeyPairSync, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import vectors from '../../vectors/wechat-vectors.json' with { type: 'json' }
import { aes256Gcm } from './api-cipher.ts'
import {
  decryptAesCbc,
  encryptAesCbc,
  hmacSha256Hex,
  openAesGcm,
  sha1Hex,
  sha256Hex,
  signRsaPss,
  verifyRsaPss,
} from './crypto.ts'

const bytes = (text: string) => Uint8Array.from(Buffer.from(text))
const [aes] = vectors.gcmPrimitive.filter(vector => vector.alg === 'AES-256-GCM')
if (aes === undefined) throw new Error('no AES-256-GCM vector')
const sealed = Uint8Array.from(Buffer.from(aes.ciphertext_and_tag_base64, 'base64'))
const parts = {
  key: bytes(aes.key_ascii),
  iv: bytes(aes.nonce_ascii),
  aad: bytes(aes.aad_ascii),
  ciphertext: sealed.subarray(0, -16),
  tag: sealed.subarray(-16),
}

test('hashes are those of FIPS 180-4', () => {
  expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  expect(sha1Hex('abc')).toBe('a9993e364706816aba3e25717850c26c9cd0d89d')
})

test('texts are hashed as UTF-8', () => {
  expect(sha256Hex('手机号')).toBe('6f52cc94db652bab0e186aca10eb002888d6b8f5aceb38d4e6de5360d645a14a')
})

test('the published AES-256-GCM vector opens and closes byte for byte', () => {
  expect(Buffer.from(aes256Gcm.open(parts) ?? []).toString()).toBe(aes.plaintext)
  const { ciphertext, tag } = aes256Gcm.seal({ ...parts, plaintext: bytes(aes.plaintext) })
  expect(Buffer.concat([ciphertext, tag])).toEqual(Buffer.from(sealed))
})

test('a flipped bit anywhere keeps it closed', () => {
  for (const field of ['iv', 'aad', 'ciphertext', 'tag'] as const) {
    const touched = Uint8Array.from(parts[field])
    touched[0] = (touched[0] ?? 0) ^ 1
    expect(aes256Gcm.open({ ...parts, [field]: touched })).toBeNull()
  }
})

test('a short tag is refused, though Node would take one of 4 bytes', () => {
  const { key, iv, aad, ciphertext, tag } = parts
  for (const length of [0, 4, 8, 12, 15])
    expect(openAesGcm(key, iv, aad, ciphertext, tag.subarray(0, length))).toBeNull()
})

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))

test.each([
  ['AES-128', '2b7e151628aed2a6abf7158809cf4f3c', '7649abac8119b246cee98e9b12e9197d'],
  ['AES-256', '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4', 'f58c4c04d6e5f1ba779eabfb5f7bfbd6'],
])('the published block of %s in CBC mode (NIST SP 800-38A, F.2) opens and closes', (_, key, ciphertext) => {
  const iv = hex('000102030405060708090a0b0c0d0e0f')
  const plain = hex('6bc1bee22e409f96e93d7e117393172a')
  expect(Buffer.from(encryptAesCbc(hex(key), iv, plain)).toString('hex')).toBe(ciphertext)
  expect(Buffer.from(decryptAesCbc(hex(key), iv, hex(ciphertext)))).toEqual(Buffer.from(plain))
})

test('the published HMAC of RFC 4231, case 2, comes out; texts are UTF-8', () => {
  expect(hmacSha256Hex('Jefe', 'what do ya want for nothing?')).toBe(
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  )
  expect(hmacSha256Hex('key', '手机号')).not.toBe(hmacSha256Hex('key', '手机'))
})

test('RSASSA-PSS is signed with SHA-256 and a salt of 32 bytes, as others verify it', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const signature = signRsaPss(privateKey, '手机号')
  const pss = { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
  expect(verify('sha256', Buffer.from('手机号'), pss, signature)).toBe(true)
  expect(verifyRsaPss(publicKey, '手机号', signature)).toBe(true)
  expect(verifyRsaPss(publicKey, '手机', signature)).toBe(false)
})
