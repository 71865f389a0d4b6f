import { expect, test } from 'vitest'
import { decodeUtf8, encodeUtf8 } from './utf8.ts'

test.each([
  ['an overlong slash', [0xc0, 0xaf]],
  ['an overlong slash in three bytes', [0xe0, 0x80, 0xaf]],
  ['a surrogate', [0xed, 0xa0, 0x80]],
  ['a point beyond the last one', [0xf4, 0x90, 0x80, 0x80]],
  ['a cut sequence', [0xe4, 0xbd]],
  ['a lone continuation', [0x80]],
])('refused: %s', (_, bytes) => {
  expect(decodeUtf8(Uint8Array.from(bytes))).toBeNull()
})

const edges = [0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xfffd, 0xffff, 0x10000, 0x103ff, 0x10400, 0x10ffff]

test.each(edges)('the character %i at the edge of a length survives the way there and back', point => {
  const text = `a${String.fromCodePoint(point)}z`
  expect(encodeUtf8(text)).toEqual(Uint8Array.from(Buffer.from(text)))
  expect(decodeUtf8(Uint8Array.from(Buffer.from(text)))).toBe(text)
})

test.each([
  ['the first overlong form of two bytes', [0xc1, 0xbf]],
  ['the last overlong form of three bytes', [0xe0, 0x9f, 0xbf]],
  ['the last overlong form of four bytes', [0xf0, 0x8f, 0xbf, 0xbf]],
  ['the last surrogate', [0xed, 0xbf, 0xbf]],
  ['a lead that begins five bytes', [0xf5, 0x80, 0x80, 0x80]],
  ['a lead in the place of a continuation', [0xe4, 0xbd, 0xe4]],
  ['a letter in the place of a continuation', [0xc3, 0x41]],
  ['a lead at the end', [0x41, 0xf0, 0x9f, 0x98]],
])('refused at the edge: %s', (_, bytes) => {
  expect(decodeUtf8(Uint8Array.from(bytes))).toBeNull()
})

test.each([
  ...[0xf8, 0xf9, 0xfc, 0xfe, 0xff].map(lead => [lead, 0x80, 0x80, 0x80]),
  ...[0x80, 0xbf, 0xc0, 0xc1, 0xf5, 0xff].map(lead => [lead, 0x41]),
])('refused: what begins nothing, before whatever it stands: %i', (...bytes) => {
  expect(decodeUtf8(Uint8Array.from(bytes))).toBeNull()
})

test.each([4_095, 4_096, 4_097, 8_192, 8_193])('a text of %i units is read whole', length => {
  const text = Array.from({ length }, (_, at) => String.fromCharCode(0x61 + (at % 23))).join('')
  expect(decodeUtf8(Uint8Array.from(Buffer.from(text)))).toBe(text)
})

test('half of a surrogate pair is written as the replacement character', () => {
  for (const half of ['\ud800', '\udbff', '\udc00', '\udfff'])
    expect(encodeUtf8(`a${half}b`)).toEqual(Uint8Array.from(Buffer.from('a\ufffdb')))
})

test('a byte order mark stays, so that a parser can refuse it', () => {
  expect(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b))).toBe('\ufeff{')
})

test('long texts are read whole', () => {
  const text = '手机号😀'.repeat(5_000)
  expect(decodeUtf8(encodeUtf8(text)) === text).toBe(true)
})
