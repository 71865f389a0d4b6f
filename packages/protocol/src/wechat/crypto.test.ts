import { expect, test } from 'vitest'
import vectors from '../../vectors/wechat-vectors.json' with { type: 'json' }
import { aes256Gcm } from './api-cipher.ts'
import { openAesGcm, sha1Hex, sha256Hex } from './crypto.ts'

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
