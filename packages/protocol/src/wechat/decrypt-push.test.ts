import { createCipheriv, createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import vectors from '../../vectors/wechat-vectors.json' with { type: 'json' }
import { decryptPush, PushInvalid } from './decrypt-push.ts'
import { decodeEncodingAesKey } from './encoding-aes-key.ts'
import { encryptPush, sealPushReply } from './encrypt-push.ts'

const published = [...vectors.pushMessage, ...vectors.pushReply]
const encodingAesKey = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG'
const appId = 'wxb11529c136998cb6'
const random = Uint8Array.from(Buffer.from('aaaabbbbccccdddd'))
const genuine = () => ({
  encodingAesKey,
  appId,
  encrypt: encryptPush({ encodingAesKey, appId, message: 'hello', random }),
})

test.each(published)('the published message $id opens and closes byte for byte', vector => {
  const { encodingAesKey, appid, encrypt, msg, random_hex } = vector
  expect(decryptPush({ encodingAesKey, appId: appid, encrypt })).toBe(msg)
  const random = Uint8Array.from(Buffer.from(random_hex, 'hex'))
  expect(encryptPush({ encodingAesKey, appId: appid, message: msg, random })).toBe(encrypt)
})

test.each(vectors.pushReply)('the published reply $id is sealed and signed, with a number as TimeStamp', vector => {
  const { token, encodingAesKey, appid, timestamp, nonce, msg, random_hex, encrypt, msg_signature } = vector
  const random = Uint8Array.from(Buffer.from(random_hex, 'hex'))
  const plain = { encodingAesKey, appId: appid, message: msg, random }
  expect(sealPushReply({ ...plain, token, timestamp: Number(timestamp), nonce })).toEqual({
    Encrypt: encrypt,
    MsgSignature: msg_signature,
    TimeStamp: Number(timestamp),
    Nonce: nonce,
  })
})

test('keys with spare bits in their last character stand for the same bytes as without', () => {
  expect(published.some(vector => !vector.key_is_canonical_base64)).toBe(true)
  for (const vector of published) {
    expect(decodeEncodingAesKey(vector.encodingAesKey)).toEqual(
      Uint8Array.from(Buffer.from(`${vector.encodingAesKey}=`, 'base64')),
    )
  }
})

test.each([
  ['empty', ''],
  ['42 characters', encodingAesKey.slice(1)],
  ['44 characters', `${encodingAesKey}=`],
  ['a character that is not Base64', `${encodingAesKey.slice(1)}-`],
  ['a space', ` ${encodingAesKey.slice(1)}`],
])('not an EncodingAESKey: %s', (_, key) => {
  const rule = new RangeError('"encodingAesKey" must have 43 characters of A-Z, a-z, 0-9, + and /')
  expect(() => decryptPush({ ...genuine(), encodingAesKey: key })).toThrow(rule)
  expect(() => encryptPush({ encodingAesKey: key, appId, message: '', random })).toThrow(rule)
})

test('the random head must have 16 bytes', () => {
  expect(() => encryptPush({ encodingAesKey, appId, message: '', random: random.subarray(1) })).toThrow(
    new RangeError('"random" must have 16 bytes'),
  )
})

test('texts of any length and language come through, in blocks of 32', () => {
  for (let length = 0; length < 70; length += 1) {
    const message = '信'.repeat(length)
    const encrypt = encryptPush({ encodingAesKey, appId, message, random })
    expect(Buffer.from(encrypt, 'base64').length % 32).toBe(0)
    expect(decryptPush({ encodingAesKey, appId, encrypt })).toBe(message)
  }
})

function encryptRaw(padded: Uint8Array): string {
  const key = Buffer.from(`${encodingAesKey}=`, 'base64')
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16))
  return cipher.setAutoPadding(false).update(padded).toString('base64')
}

/** 16 random bytes, a length, a text, padding to 32. */
function frame(length: number, text: Uint8Array): string {
  const head = Buffer.alloc(20, 1)
  head.writeUInt32BE(length, 16)
  const plain = Buffer.concat([head, text])
  const padding = 32 - (plain.length % 32)
  return encryptRaw(Buffer.concat([plain, Buffer.alloc(padding, padding)]))
}

test.each([
  [
    'the app id of another app',
    () => encryptPush({ encodingAesKey, appId: 'wxfedcba0987654321', message: 'hello', random }),
  ],
  ['no app id', () => encryptPush({ encodingAesKey, appId: '', message: 'hello', random })],
  ['more behind the app id', () => encryptPush({ encodingAesKey, appId: `${appId} `, message: 'hello', random })],
  ['a length beyond the text', () => frame(1_000, Buffer.from(appId))],
  ['a length of 4 GB', () => frame(0xffff_ffff, Buffer.from(appId))],
  ['a message that is no UTF-8', () => frame(2, Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(appId)]))],
  ['less than a head', () => encryptRaw(Buffer.alloc(32, 20))],
  ['nothing but padding', () => encryptRaw(Buffer.alloc(32, 32))],
  ['padding that is not uniform', () => encryptRaw(Buffer.concat([Buffer.alloc(29, 1), Buffer.from([2, 4, 3])]))],
  ['padding to 16 with a last byte of zero', () => encryptRaw(Buffer.alloc(32))],
  ['17 bytes', () => Buffer.alloc(17).toString('base64')],
  ['nothing', () => ''],
  ['Base64 with a space', () => genuine().encrypt.replace(/.{4}$/, ' AA=')],
  ['more than 65,536 bytes', () => encryptPush({ encodingAesKey, appId, message: 'x'.repeat(65_536), random })],
  ['10 MB', () => 'A'.repeat(10_000_000)],
])('refused: %s', (_, make) => {
  const encrypt = make()
  expect(() => decryptPush({ ...genuine(), encrypt })).toThrow(PushInvalid)
})

test('every refusal has one code and one message', () => {
  expect(() => decryptPush({ ...genuine(), appId: 'wx' })).toThrow(
    expect.objectContaining({
      name: 'PushInvalid',
      code: 'push_invalid',
      message: 'the pushed message could not be confirmed',
    }),
  )
})

test('a ciphertext of 65,536 bytes is opened, one block more is not', () => {
  const room = 65_536 - 20 - appId.length
  const sealed = (length: number) => encryptPush({ encodingAesKey, appId, message: 'x'.repeat(length), random })
  expect(Buffer.from(sealed(room - 1), 'base64')).toHaveLength(65_536)
  expect(decryptPush({ encodingAesKey, appId, encrypt: sealed(room - 1) })).toHaveLength(room - 1)
  expect(() => decryptPush({ encodingAesKey, appId, encrypt: sealed(room) })).toThrow(PushInvalid)
})

test('a message may end where the app id would begin, when none is expected', () => {
  const encrypt = encryptPush({ encodingAesKey, appId: '', message: 'hello', random })
  expect(decryptPush({ encodingAesKey, appId: '', encrypt })).toBe('hello')
})

test('a length beyond the text is refused even where no app id is expected', () => {
  const encrypt = frame(1_000, Buffer.from('hello'))
  expect(() => decryptPush({ encodingAesKey, appId: '', encrypt })).toThrow(PushInvalid)
})

test('a wrong key is always an error', () => {
  for (let i = 0; i < 2_000; i += 1) {
    const key = createHash('sha256').update(`push key ${i}`).digest().toString('base64').slice(0, 43)
    expect(() => decryptPush({ ...genuine(), encodingAesKey: key })).toThrow(PushInvalid)
  }
})
