import { createCipheriv, createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import vectors from '../../vectors/wechat-vectors.json' with { type: 'json' }
import { decryptOpenData, type EncryptedOpenData } from './decrypt-open-data.ts'
import { encryptOpenData } from './encrypt-open-data.ts'
import { OpenDataInvalid } from './open-data-invalid.ts'

const wrongKeys = process.env.WEAPP_AUTH_LONG ? 300_000 : 5_000
const sessionKey = 'tiihtNczf5v6AKRyjwEUhQ=='
const iv = 'r7BXXKkLb8qrSNn05n0qiA=='
const plaintext = JSON.stringify({
  phoneNumber: '13800138000',
  purePhoneNumber: '13800138000',
  countryCode: '86',
  watermark: { timestamp: 1_700_000_000, appid: 'wx1234567890abcdef' },
})
const genuine = { sessionKey, iv, encryptedData: encryptOpenData({ sessionKey, iv, plaintext }) }

/** Encrypts bytes that no honest side would: any padding, any encoding. */
function encryptRaw(padded: Uint8Array): string {
  const cipher = createCipheriv('aes-128-cbc', Buffer.from(sessionKey, 'base64'), Buffer.from(iv, 'base64'))
  return cipher.setAutoPadding(false).update(padded).toString('base64')
}

function failureOf(input: EncryptedOpenData): unknown {
  try {
    return { opened: decryptOpenData(input) }
  } catch (error) {
    return error
  }
}

test.each(vectors.openData)('the published payload $id opens and closes byte for byte', vector => {
  const { session_key, encryptedData } = vector
  expect(decryptOpenData({ sessionKey: session_key, iv: vector.iv, encryptedData })).toEqual(
    JSON.parse(vector.plaintext),
  )
  expect(encryptOpenData({ sessionKey: session_key, iv: vector.iv, plaintext: vector.plaintext })).toBe(encryptedData)
})

test.each(vectors.openDataNegative)('the published payload $id is refused', vector => {
  const { session_key, encryptedData } = vector
  expect(failureOf({ sessionKey: session_key, iv: vector.iv, encryptedData })).toBeInstanceOf(OpenDataInvalid)
})

test('the key of a later login does not open what the key before it encrypted', () => {
  const later = Buffer.from(sessionKey, 'base64').map((byte, at) => (at === 15 ? byte ^ 1 : byte))
  expect(failureOf({ ...genuine, sessionKey: Buffer.from(later).toString('base64') })).toBeInstanceOf(OpenDataInvalid)
})

const sixteen = Buffer.alloc(16, 1).toString('base64')
const bad: readonly (readonly [string, Partial<EncryptedOpenData>])[] = [
  ['no ciphertext', { encryptedData: '' }],
  ['ciphertext of 15 bytes', { encryptedData: Buffer.alloc(15).toString('base64') }],
  ['ciphertext of 17 bytes', { encryptedData: Buffer.alloc(17).toString('base64') }],
  [
    'ciphertext beyond 8,192 bytes',
    { encryptedData: encryptOpenData({ sessionKey, iv, plaintext: `{"a":"${'x'.repeat(8_200)}"}` }) },
  ],
  ['ciphertext of 10 MB', { encryptedData: 'A'.repeat(10_000_000) }],
  ['a space for a plus sign', { encryptedData: `${genuine.encryptedData.slice(0, -4)} AA=` }],
  ['Base64 without its padding', { encryptedData: genuine.encryptedData.replace(/=+$/, '') }],
  ['Base64 with a line break', { encryptedData: `${genuine.encryptedData}\n` }],
  ['Base64 with spare bits', { encryptedData: respell(genuine.encryptedData) }],
  ['a key with spare bits', { sessionKey: respell(sessionKey) }],
  ['an iv with spare bits', { iv: respell(iv) }],
  ['an empty key', { sessionKey: '' }],
  ['a key of 15 bytes', { sessionKey: Buffer.alloc(15).toString('base64') }],
  ['a key of 17 bytes', { sessionKey: Buffer.alloc(17).toString('base64') }],
  ['a key of 32 bytes', { sessionKey: Buffer.alloc(32).toString('base64') }],
  ['an iv of 12 bytes', { iv: Buffer.alloc(12).toString('base64') }],
  ['an iv of 18 bytes, also 24 characters long', { iv: Buffer.alloc(18).toString('base64') }],
  ['an empty iv', { iv: '' }],
  ['key and iv exchanged', { sessionKey: iv, iv: sessionKey }],
  ['another iv', { iv: sixteen }],
  ['padding of zero', { encryptedData: encryptRaw(Buffer.from('{"a":"0123456"}\0')) }],
  [
    'padding beyond the block',
    { encryptedData: encryptRaw(Buffer.concat([Buffer.from('{"a":1}'), Buffer.alloc(25, 25)])) },
  ],
  ['padding that is not uniform', { encryptedData: encryptRaw(Buffer.from('{"a":"01234"}\x01\x02\x03')) }],
  ['nothing but padding', { encryptedData: encryptRaw(Buffer.alloc(16, 16)) }],
  [
    'bytes that are no UTF-8',
    {
      encryptedData: encryptRaw(
        Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}'), Buffer.alloc(6, 6)]),
      ),
    },
  ],
  ['no JSON', { encryptedData: encryptOpenData({ sessionKey, iv, plaintext: 'phoneNumber=13800138000' }) }],
  ['a byte order mark', { encryptedData: encryptOpenData({ sessionKey, iv, plaintext: `\ufeff${plaintext}` }) }],
  [
    'a duplicate key',
    { encryptedData: encryptOpenData({ sessionKey, iv, plaintext: '{"phoneNumber":"1","phoneNumber":"2"}' }) },
  ],
  ...['[]', 'null', '1', '"text"', 'true'].map(
    json => [`${json} at the top`, { encryptedData: encryptOpenData({ sessionKey, iv, plaintext: json }) }] as const,
  ),
]

/** The same bytes with a spare bit set in the last character. */
function respell(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  const at = text.indexOf('=') === -1 ? text.length - 1 : text.indexOf('=') - 1
  const touched = text.slice(0, at) + alphabet[alphabet.indexOf(text.charAt(at)) ^ 1] + text.slice(at + 1)
  expect(Buffer.from(touched, 'base64')).toEqual(Buffer.from(text, 'base64'))
  return touched
}

test.each(bad)('refused: %s', (_, change) => {
  expect(failureOf({ ...genuine, ...change })).toBeInstanceOf(OpenDataInvalid)
})

test('every failure looks the same: class, code, message, fields, stack and no cause', () => {
  const faces = bad.map(([, change]) => {
    const error = failureOf({ ...genuine, ...change })
    if (!(error instanceof OpenDataInvalid)) throw new Error('opened')
    const { name, code, message, stack, cause } = error
    return JSON.stringify({ name, code, message, stack, cause, keys: Object.keys(error) })
  })
  expect(new Set(faces).size).toBe(1)
  expect(faces[0]).not.toContain(sessionKey)
})

test('an iv chosen by the sender changes the first block: decryption alone proves nothing', () => {
  const openIdBlob = encryptOpenData({ sessionKey, iv, plaintext: '{"openId":"oAAA","watermark":{}}' })
  const flipped = Buffer.from(iv, 'base64')
  flipped[11] = (flipped[11] ?? 0) ^ ('o'.charCodeAt(0) ^ 'p'.charCodeAt(0))
  const input = { sessionKey, iv: flipped.toString('base64'), encryptedData: openIdBlob }
  expect(decryptOpenData(input).openId).toBe('pAAA')
})

test('key and iv of another length cannot encrypt', () => {
  expect(() => encryptOpenData({ sessionKey: 'AAAA', iv, plaintext })).toThrow(
    new RangeError('"sessionKey" must be canonical Base64 of 16 bytes'),
  )
  expect(() => encryptOpenData({ sessionKey, iv: 'AAAA', plaintext })).toThrow(
    new RangeError('"iv" must be canonical Base64 of 16 bytes'),
  )
})

test('a wrong key is always an error, never garbage', () => {
  let opened = 0
  for (let i = 0; i < wrongKeys; i += 1) {
    const wrong = createHash('sha256').update(`wrong key ${i}`).digest().subarray(0, 16).toString('base64')
    if (!(failureOf({ ...genuine, sessionKey: wrong }) instanceof OpenDataInvalid)) opened += 1
  }
  expect(opened).toBe(0)
}, 120_000)
