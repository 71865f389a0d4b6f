import { expect, test } from 'vitest'
import { type ApiKey, openApiBody, sealApiBody } from './api-body.ts'
import { aes256Gcm } from './api-cipher.ts'
import { decodeBase64, encodeBase64 } from './base64.ts'
import { encodeUtf8 } from './utf8.ts'

const scene = { url: 'https://api.weixin.qq.com/wxa/getuserriskrank', appId: 'wx1234567890abcdef', timestamp: 5 }
const key: ApiKey = { serial: 'serial', key: encodeBase64(new Uint8Array(32).fill(7)) }
const iv = new Uint8Array(12).fill(9)
const nonce = 'nonce-nonce-nonce'

/** A body of these bytes, rightly sealed for the scene. */
function bodyOf(plaintext: Uint8Array): string {
  const aad = encodeUtf8(`${scene.url}|${scene.appId}|${scene.timestamp}|${key.serial}`)
  const { ciphertext, tag } = aes256Gcm.seal({ key: decodeBase64(key.key) ?? iv, iv, aad, plaintext })
  return JSON.stringify({ iv: encodeBase64(iv), data: encodeBase64(ciphertext), authtag: encodeBase64(tag) })
}

const textOf = (fields: object) => encodeUtf8(JSON.stringify(fields))
const named = { _appid: scene.appId, _timestamp: scene.timestamp }

test('fields come back as they were sealed, without what binds them', () => {
  const body = sealApiBody(scene, key, { fields: { a: 1, b: { c: '中文' } }, nonce, iv })
  expect(openApiBody(scene, key, body)).toEqual({ a: 1, b: { c: '中文' } })
  expect(body).toBe(bodyOf(textOf({ _n: nonce, ...named, a: 1, b: { c: '中文' } })))
})

test.each([
  ['bytes that are no UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d)],
  ['no JSON', encodeUtf8('a=1')],
  ['a list', encodeUtf8('[]')],
  ['a key twice', encodeUtf8('{"a":1,"a":2}')],
  ['another app', textOf({ ...named, _appid: 'wxfedcba0987654321' })],
  ['another time', textOf({ ...named, _timestamp: 6 })],
  ['no app', textOf({ _timestamp: 5 })],
])('a body that holds %s is refused, though its key sealed it', (_, plaintext) => {
  expect(openApiBody(scene, key, bodyOf(textOf(named)))).toEqual({})
  expect(openApiBody(scene, key, bodyOf(plaintext))).toBeNull()
})

test('a key that is no Base64 is named when sealing, and opens nothing', () => {
  const wrong = { serial: 'serial', key: '***' }
  expect(() => sealApiBody(scene, wrong, { fields: {}, nonce, iv })).toThrow(
    new RangeError('"key" must be canonical Base64'),
  )
  expect(openApiBody(scene, wrong, bodyOf(textOf(named)))).toBeNull()
})

test('a cipher that is handed in gets the parts as they came', () => {
  const asked: unknown[] = []
  const cipher = {
    seal: aes256Gcm.seal,
    open(input: Parameters<typeof aes256Gcm.open>[0]) {
      asked.push(input.iv.length, input.tag.length, input.key.length, input.ciphertext.length)
      return null
    },
  }
  expect(openApiBody(scene, { ...key, cipher }, bodyOf(textOf(named)))).toBeNull()
  expect(asked).toEqual([12, 16, 32, textOf(named).length])
})

test.each(['iv', 'data', 'authtag'])('a body without a right %s is refused before any cipher is asked', part => {
  const cipher = {
    seal: aes256Gcm.seal,
    open() {
      throw new Error('asked')
    },
  }
  const whole = JSON.parse(bodyOf(textOf(named))) as Readonly<Record<string, string>>
  for (const value of [undefined, null, 5, '***', ...(part === 'data' ? [] : ['', 'AAAA', `${whole[part]}AAAA`])])
    expect(openApiBody(scene, { ...key, cipher }, JSON.stringify({ ...whole, [part]: value }))).toBeNull()
})
