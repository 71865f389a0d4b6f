import { createCipheriv } from 'node:crypto'
import { expect, test } from 'vitest'
import vectors from '../../vectors/wechat-vectors.json' with { type: 'json' }
import { decryptOpenData, type EncryptedOpenData } from './decrypt-open-data.ts'
import { encryptOpenData } from './encrypt-open-data.ts'
import { OpenDataInvalid } from './open-data-invalid.ts'
import { readPhone } from './read-phone.ts'

const appId = 'wx1234567890abcdef'
const now = 1_700_000_000_000
const watermark = { timestamp: now / 1_000, appid: appId }
const payload = { phoneNumber: '13800138000', purePhoneNumber: '13800138000', countryCode: '86', watermark }
const sessionKey = 'tiihtNczf5v6AKRyjwEUhQ=='
const iv = 'r7BXXKkLb8qrSNn05n0qiA=='

const read = (data: Record<string, unknown>, check = {}) => readPhone(data, { appId, now, ...check })
const seal = (data: unknown) => ({
  sessionKey,
  iv,
  encryptedData: encryptOpenData({ sessionKey, iv, plaintext: JSON.stringify(data) }),
})
const accepts = (input: EncryptedOpenData) => {
  try {
    return readPhone(decryptOpenData(input), { appId, now })
  } catch (error) {
    if (error instanceof OpenDataInvalid) return null
    throw error
  }
}

test('a genuine payload gives one number in three forms', () => {
  expect(accepts(seal(payload))).toEqual({
    number: '+8613800138000',
    nationalNumber: '13800138000',
    countryCode: '86',
    at: now,
  })
})

test.each([
  ['the national number', '13800138000', '86'],
  ['country code and number', '8613800138000', '86'],
  ['plus sign, country code and number', '+8613800138000', '86'],
  ['a country code that is a number', '13800138000', 86],
])('phoneNumber may be %s', (_, phoneNumber, countryCode) => {
  expect(read({ ...payload, phoneNumber, countryCode }).number).toBe('+8613800138000')
})

test('a foreign number keeps its own country code', () => {
  const hongKong = { phoneNumber: '+85251234567', purePhoneNumber: '51234567', countryCode: '852', watermark }
  expect(read(hongKong).number).toBe('+85251234567')
})

test('unknown keys do no harm: WeChat announces new ones', () => {
  expect(read({ ...payload, carrier: 'x', extra: { a: [1] } }).countryCode).toBe('86')
})

const without = (key: string) => Object.fromEntries(Object.entries(payload).filter(([name]) => name !== key))

test.each([
  ['phoneNumber missing', without('phoneNumber')],
  ['purePhoneNumber missing', without('purePhoneNumber')],
  ['countryCode missing', without('countryCode')],
  ['watermark missing', without('watermark')],
  ['another number in phoneNumber', { ...payload, phoneNumber: '13900139000' }],
  ['another country code in phoneNumber', { ...payload, phoneNumber: '+8513800138000' }],
  ['two plus signs', { ...payload, phoneNumber: '++8613800138000' }],
  ['masked digits', { ...payload, phoneNumber: '138****8000', purePhoneNumber: '138****8000' }],
  [
    'full-width digits',
    { ...payload, phoneNumber: '１３８００１３８０００', purePhoneNumber: '１３８００１３８０００' },
  ],
  ['a space in the number', { ...payload, phoneNumber: '138 00138000', purePhoneNumber: '138 00138000' }],
  ['a line break behind the number', { ...payload, phoneNumber: '13800138000\n', purePhoneNumber: '13800138000\n' }],
  ['numbers instead of texts', { ...payload, phoneNumber: 13800138000, purePhoneNumber: 13800138000 }],
  ['an empty number', { ...payload, phoneNumber: '', purePhoneNumber: '' }],
  ['three digits', { ...payload, phoneNumber: '123', purePhoneNumber: '123' }],
  ['16 digits in all', { ...payload, phoneNumber: '13800138000123', purePhoneNumber: '13800138000123' }],
  ['a country code with a plus sign', { ...payload, countryCode: '+86' }],
  ['a country code of zero', { ...payload, countryCode: '0' }],
  ['a country code of four digits', { ...payload, countryCode: '8612' }],
  ['a fraction as country code', { ...payload, countryCode: 8.6 }],
  ['a negative country code', { ...payload, countryCode: -86 }],
  ['country code null', { ...payload, countryCode: null }],
  ['a list as country code', { ...payload, countryCode: ['86'] }],
  ['the watermark of another app', { ...payload, watermark: { ...watermark, appid: 'wxfedcba0987654321' } }],
  ['an appid in other letters', { ...payload, watermark: { ...watermark, appid: appId.toUpperCase() } }],
  ['a list as appid', { ...payload, watermark: { ...watermark, appid: [appId] } }],
  ['a text as timestamp', { ...payload, watermark: { ...watermark, timestamp: '1700000000' } }],
  ['a fraction as timestamp', { ...payload, watermark: { ...watermark, timestamp: 1_700_000_000.5 } }],
  ['a watermark in a list', { ...payload, watermark: [watermark] }],
  ['a watermark as text', { ...payload, watermark: JSON.stringify(watermark) }],
])('refused: %s', (_, data) => {
  expect(() => read(data)).toThrow(OpenDataInvalid)
})

test.each(['openId', 'nickName', 'avatarUrl', 'gender', 'stepInfoList', 'openGId'])(
  'refused: %s, a key of another open-data kind',
  key => {
    expect(() => read({ ...payload, [key]: '' })).toThrow(OpenDataInvalid)
  },
)

test('the watermark may be five minutes off, both ways, and not a second more', () => {
  for (const off of [-300, -299, 0, 299, 300]) {
    expect(read({ ...payload, watermark: { ...watermark, timestamp: now / 1_000 + off } }).at).toBe(now + off * 1_000)
  }
  for (const off of [-301, 301, -86_400, 86_400 * 365]) {
    const stale = { ...payload, watermark: { ...watermark, timestamp: now / 1_000 + off } }
    expect(() => read(stale)).toThrow(OpenDataInvalid)
  }
})

test('the age limit can be set', () => {
  const old = { ...payload, watermark: { ...watermark, timestamp: now / 1_000 - 3_600 } }
  expect(read(old, { maxAgeMs: 3_600_000 }).at).toBe(now - 3_600_000)
  expect(() => read(old, { maxAgeMs: 3_599_999 })).toThrow(OpenDataInvalid)
})

test('the published phone payload is refused: its digits are masked', () => {
  const vector = vectors.openData.find(one => one.kind === 'phoneNumber')
  if (vector === undefined) throw new Error('no phone vector')
  const data = decryptOpenData({ sessionKey: vector.session_key, iv: vector.iv, encryptedData: vector.encryptedData })
  const { timestamp } = JSON.parse(vector.plaintext).watermark
  expect(() => readPhone(data, { appId: vector.appid, now: timestamp * 1_000 })).toThrow(OpenDataInvalid)
})

test.each([
  ['a profile', { openId: 'oAAA', nickName: 'Band', gender: 1, avatarUrl: 'https://', watermark }],
  ['WeRun steps', { stepInfoList: [{ timestamp: 1_700_000_000, step: 100 }], watermark }],
  ['a share', { openGId: 'tGAAA', watermark }],
])('another kind of open data is no phone: %s', (_, data) => {
  expect(accepts(seal(data))).toBeNull()
})

const orders = {
  'number first': payload,
  'watermark first': { watermark, phoneNumber: '13800138000', purePhoneNumber: '13800138000', countryCode: '86' },
  'a foreign number': { purePhoneNumber: '51234567', phoneNumber: '+85251234567', countryCode: '852', watermark },
}

test.each(Object.entries(orders))('of all single-bit flips of blob and iv none is accepted: %s', (_, data) => {
  const blob = seal(data)
  expect(accepts(blob)).not.toBeNull()
  for (const field of ['encryptedData', 'iv'] as const) {
    const bits = Buffer.from(blob[field], 'base64').length * 8
    for (let bit = 0; bit < bits; bit += 1) {
      expect(accepts({ ...blob, [field]: flip(blob[field], bit) })).toBeNull()
    }
  }
})

function flip(text: string, bit: number): string {
  const bytes = Buffer.from(text, 'base64')
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return bytes.toString('base64')
}

test('a profile cut so that a chosen nickname becomes a phone number is refused, though its watermark is genuine', () => {
  // The attacker knows the profile, so knows every plaintext block, and picks a nickname that puts the victim's
  // number at the start of a block. The iv then turns the block before it into the opening of a phone payload.
  const victim = '13900139000'
  const head = '{"openId":"oGZUI0egBJY1zhBYw2KhdUfwVJJE","nickName":"'
  const filler = 'x'.repeat(16 - (head.length % 16))
  const profile = `${head}${filler}${'y'.repeat(16)}${victim}","avatarUrl":"","watermark":${JSON.stringify(watermark)}}`
  const ciphertext = Buffer.from(encryptOpenData({ sessionKey, iv, plaintext: profile }), 'base64')
  const cut = head.length + filler.length
  const before = ciphertext.subarray(cut - 16, cut)
  const wanted = Buffer.from('{"phoneNumber":"')
  const forgedIv = before.map((byte, i) => byte ^ 'y'.charCodeAt(0) ^ (wanted[i] ?? 0))
  const forged = {
    sessionKey,
    iv: Buffer.from(forgedIv).toString('base64'),
    encryptedData: ciphertext.subarray(cut).toString('base64'),
  }
  expect(decryptOpenData(forged)).toMatchObject({ phoneNumber: victim, watermark })
  expect(accepts(forged)).toBeNull()
})

test('a payload of invented bytes is refused even with a right key', () => {
  const cipher = createCipheriv('aes-128-cbc', Buffer.from(sessionKey, 'base64'), Buffer.from(iv, 'base64'))
  const encryptedData = Buffer.concat([cipher.update(Buffer.alloc(64, 0xe9)), cipher.final()]).toString('base64')
  expect(accepts({ sessionKey, iv, encryptedData })).toBeNull()
})
