import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decryptOpenData, type EncryptedOpenData } from './decrypt-open-data.ts'
import { encryptOpenData } from './encrypt-open-data.ts'
import { OpenDataInvalid } from './open-data-invalid.ts'
import { readPhone } from './read-phone.ts'

/*
 * AES-CBC has no integrity, so what arrives may be cut, bent and put together anew by whoever knows the plaintext of
 * one blob. However it is done: the phone is read from the blob that WeChat made, letter by letter, or from none, and
 * every refusal is the same.
 */

const runs = process.env.WEAPP_AUTH_LONG ? { bent: 5_000_000, spliced: 1_000_000 } : { bent: 200_000, spliced: 50_000 }
const patience = 3_600_000
const appId = 'wx1234567890abcdef'
const now = 1_700_000_000_000
const watermark = { timestamp: now / 1_000, appid: appId }
const sessionKey = 'tiihtNczf5v6AKRyjwEUhQ=='
const genuineIv = 'r7BXXKkLb8qrSNn05n0qiA=='

function seal(data: unknown): EncryptedOpenData {
  const encryptedData = encryptOpenData({ sessionKey, iv: genuineIv, plaintext: JSON.stringify(data) })
  return { sessionKey, iv: genuineIv, encryptedData }
}

/** Anything but a phone or {@link OpenDataInvalid} gets out. */
function phoneOf(input: EncryptedOpenData): string | null {
  try {
    return readPhone(decryptOpenData(input), { appId, now }).number
  } catch (error) {
    if (error instanceof OpenDataInvalid) return null
    throw error
  }
}

const number = { phoneNumber: '13800138000', purePhoneNumber: '13800138000', countryCode: '86' }
const own = { ...number, watermark }

/** One value, whatever the order of its keys is. */
const genuine = [
  seal(own),
  seal({ watermark, ...number }),
  seal({ purePhoneNumber: '51234567', phoneNumber: '+85251234567', countryCode: 852, watermark, carrier: 'unknown' }),
]

interface Parts {
  readonly data: Buffer
  readonly iv: Buffer
}

const flipped = (bytes: Buffer, at: number, value: number) => {
  const copy = Buffer.from(bytes)
  if (copy.length > 0) copy.writeUInt8((copy[at % copy.length] ?? 0) ^ (1 << (value & 7)), at % copy.length)
  return copy
}
const block = (bytes: Buffer, n: number) => {
  const from = 16 * (n % Math.max(1, bytes.length >> 4))
  return bytes.subarray(from, from + 16)
}
const without = (bytes: Buffer, at: number, count: number) =>
  Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + count)])

/** What is done to the bytes; `at` and `value` mean something else to each. */
const bends = {
  'a bit': ({ data, iv }, at, value) => ({ data: flipped(data, at, value), iv }),
  'a byte': ({ data, iv }, at, value) => ({
    data: Buffer.from(data).fill(value, at % data.length, (at % data.length) + 1),
    iv,
  }),
  'a bit of the iv': ({ data, iv }, at, value) => ({ data, iv: flipped(iv, at, value) }),
  'another iv': ({ data }, at, value) => ({ data, iv: Buffer.alloc(16, `${at} ${value}`) }),
  'a block as iv': ({ data }, at) => ({ data, iv: Buffer.from(block(data, at)) }),
  'cut short': ({ data, iv }, at) => ({ data: data.subarray(0, at % data.length), iv }),
  'cut after a block': ({ data, iv }, at) => ({ data: data.subarray(0, 16 * (at % (data.length >> 4))), iv }),
  'the first blocks gone': ({ data, iv }, at) => ({ data: data.subarray(16 * (at % (data.length >> 4))), iv }),
  'the first blocks gone, the last of them as iv': ({ data }, at) => {
    const from = 16 * (1 + (at % Math.max(1, (data.length >> 4) - 1)))
    return { data: data.subarray(from), iv: Buffer.from(data.subarray(from - 16, from)) }
  },
  'a block gone': ({ data, iv }, at) => ({ data: without(data, 16 * (at % (data.length >> 4)), 16), iv }),
  'a byte gone': ({ data, iv }, at) => ({ data: without(data, at % data.length, 1), iv }),
  'two blocks exchanged': ({ data, iv }, at, value) => {
    const copy = Buffer.from(data)
    copy.set(block(data, at), 16 * (value % (data.length >> 4)))
    copy.set(block(data, value), 16 * (at % (data.length >> 4)))
    return { data: copy, iv }
  },
  'a block once more': ({ data, iv }, at, value) => {
    const from = 16 * (at % (data.length >> 4))
    return { data: Buffer.concat([data.subarray(0, from), block(data, value), data.subarray(from)]), iv }
  },
  'a block at the end': ({ data, iv }, at) => ({ data: Buffer.concat([data, block(data, at)]), iv }),
  'all of it twice': ({ data, iv }) => ({ data: Buffer.concat([data, data]), iv }),
} satisfies Record<string, (parts: Parts, at: number, value: number) => Parts>

/** What is done to the text of the Base64. */
const spellings = {
  'as it is': text => text,
  'without padding': text => text.replace(/=+$/, ''),
  'for URLs': text => text.replaceAll('+', '-').replaceAll('/', '_'),
  'with a space for a plus sign': text => text.replaceAll('+', ' '),
  'with a line break': (text, at) => `${text.slice(0, at % text.length)}\n${text.slice(at % text.length)}`,
  'with spare bits': text =>
    text.replace(/([A-Za-z0-9+/])(=*)$/, (_, last: string, pad: string) => nextLetter(last) + pad),
  'with more padding': text => `${text}=`,
  'of the Base64': text => Buffer.from(text).toString('base64'),
  'in hex': text => Buffer.from(text, 'base64').toString('hex'),
  'of nothing': () => '',
  'with a letter that is none': (text, at) =>
    text.slice(0, at % text.length) + 'é' + text.slice((at % text.length) + 1),
  'with a NUL': text => `${text}\0`,
} satisfies Record<string, (text: string, at: number) => string>

function nextLetter(letter: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  return alphabet.charAt(alphabet.indexOf(letter) ^ 1)
}

const namesOf = <Name extends string>(table: Readonly<Record<Name, unknown>>) =>
  fc.constantFrom(...(Object.keys(table) as Name[]))
const bend = fc.tuple(namesOf(bends), fc.nat(0xffff), fc.nat(0xff))
const spelling = fc.oneof({ weight: 4, arbitrary: fc.constant('as it is' as const) }, namesOf(spellings))

function bent(
  { iv, encryptedData }: EncryptedOpenData,
  changes: readonly (readonly [keyof typeof bends, number, number])[],
): Parts {
  let parts: Parts = { data: Buffer.from(encryptedData, 'base64'), iv: Buffer.from(iv, 'base64') }
  for (const [name, at, value] of changes)
    if (parts.data.length >= 16)
      parts = (bends[name] satisfies (parts: Parts, at: number, value: number) => Parts)(parts, at, value)
  return parts
}

test('a blob that is bent in any way is refused, like every other, or is the one that WeChat made', {
  timeout: patience,
}, () => {
  let accepted = 0
  const property = fc.property(
    fc.constantFrom(...genuine),
    fc.array(bend, { maxLength: 3 }),
    spelling,
    spelling,
    fc.nat(0xffff),
    (blob, changes, dataSpelling, ivSpelling, at) => {
      const { data, iv } = bent(blob, changes)
      const input = {
        sessionKey,
        iv: spellings[ivSpelling](iv.toString('base64'), at),
        encryptedData: spellings[dataSpelling](data.toString('base64'), at),
      }
      const isGenuine = input.iv === blob.iv && input.encryptedData === blob.encryptedData
      if (isGenuine) accepted += 1
      if ((phoneOf(input) !== null) !== isGenuine) throw new Error('a blob that WeChat did not make was accepted')
    },
  )
  fc.assert(property, { numRuns: runs.bent })
  // Now and then nothing is changed; else nothing above would say that anything can be accepted.
  expect(accepted).toBeGreaterThan(0)
})

/** The number whose owner never sent anything. */
const victim = '13900139000'
/** What the attacker may call themselves: their text stands at the start of a block, whatever comes before it. */
const nicknames = [victim, `+86${victim}`, `phoneNumber:${victim}`, '{phoneNumber', 'x']

const profileWith = (nickName: string) => ({
  openId: 'oGZUI0egBJY1zhBYw2KhdUfwVJJE',
  nickName: `${'x'.repeat(27)}${nickName}`,
  gender: 0,
  language: 'zh_CN',
  avatarUrl: '',
  watermark,
})

/** All that one session_key may have sealed: six kinds of open data, and the attacker knows every letter of them. */
const kinds = {
  phone: own,
  'a foreign phone': { purePhoneNumber: '51234567', phoneNumber: '+85251234567', countryCode: '852', watermark },
  ...Object.fromEntries(nicknames.map(nickname => [`a profile named ${nickname}`, profileWith(nickname)])),
  steps: { stepInfoList: [{ timestamp: 13900139000, step: 13900139000 }], watermark },
  share: { openGId: `tG${victim}`, watermark },
  address: { telNumber: victim, nationalCode: '86', userName: victim, watermark },
  'group chat': { opengid: `tG${victim}`, chat_type: 3, watermark },
}

interface KnownBlock {
  readonly sealed: Buffer
  /** AES of the block without the chain: what the attacker computes from plaintext and ciphertext. */
  readonly opened: Buffer
}

const known: readonly (readonly KnownBlock[])[] = Object.values(kinds).map(data => {
  const plaintext = Buffer.from(JSON.stringify(data))
  const pad = 16 - (plaintext.length % 16)
  const plain = Buffer.concat([plaintext, Buffer.alloc(pad, pad)])
  const sealed = Buffer.from(seal(data).encryptedData, 'base64')
  return Array.from({ length: sealed.length / 16 }, (_, n) => {
    const before = n === 0 ? Buffer.from(genuineIv, 'base64') : sealed.subarray(16 * n - 16, 16 * n)
    return {
      sealed: sealed.subarray(16 * n, 16 * n + 16),
      opened: xor(plain.subarray(16 * n, 16 * n + 16), before),
    }
  })
})

function xor(one: Uint8Array, other: Uint8Array): Buffer {
  return Buffer.from(one.map((byte, at) => byte ^ (other[at] ?? 0)))
}

/** What the computed iv makes of the first block. */
const openings = [
  '{"phoneNumber":"',
  '{"purePhoneNumb',
  '{"purePhoneNumb\u0020',
  '{"countryCode":"',
  '{"watermark":{"t',
  '{"x":1,         ',
  '{"x":"          ',
  '{              ',
  '{"phoneNumber":1',
  '{"phoneNumber\n":',
]
const opening = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...openings).map(text => Buffer.from(text.padEnd(16))) },
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map(bytes => Buffer.from(bytes)),
)
/** A run of blocks of one blob; `toEnd` ends it with the padding. */
const run = fc.record({ blob: fc.nat(known.length - 1), from: fc.nat(20), count: fc.integer({ min: 1, max: 20 }) })

function blocksOf({ blob, from, count }: { blob: number; from: number; count: number }): readonly KnownBlock[] {
  const blocks = known[blob] ?? []
  return blocks.slice(from % blocks.length, (from % blocks.length) + count)
}

function opens(input: EncryptedOpenData): boolean {
  try {
    decryptOpenData(input)
    return true
  } catch {
    return false
  }
}

test('whatever is put together of the blocks of six kinds of open data, with a computed iv, is no phone', {
  timeout: patience,
}, () => {
  const sealedPhones = new Set(
    [seal(kinds.phone), seal(kinds['a foreign phone'])].map(blob => blob.iv + blob.encryptedData),
  )
  let opened = 0
  const property = fc.property(opening, fc.array(run, { minLength: 1, maxLength: 4 }), (wanted, spliced) => {
    const blocks = spliced.flatMap(blocksOf)
    const [first] = blocks
    if (!first) throw new Error('a run has at least one block')
    const input = {
      sessionKey,
      iv: xor(first.opened, wanted).toString('base64'),
      encryptedData: Buffer.concat(blocks.map(({ sealed }) => sealed)).toString('base64'),
    }
    if (opens(input)) opened += 1
    if (phoneOf(input) !== null && !sealedPhones.has(input.iv + input.encryptedData))
      throw new Error('a phone that WeChat did not send was accepted')
  })
  fc.assert(property, { numRuns: runs.spliced })
  // The forgeries are good ones: hundreds of them are whole JSON objects with a genuine watermark.
  expect(opened).toBeGreaterThan(runs.spliced / 1000)
})
