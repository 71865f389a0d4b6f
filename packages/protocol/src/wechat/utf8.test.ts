import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeUtf8, encodeUtf8 } from './utf8.ts'

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decodeWithPlatform(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes)
  } catch {
    return null
  }
}

test('every character there is survives the way there and back', () => {
  let text = ''
  for (let point = 0; point <= 0x10ffff; point += 1) {
    if (point < 0xd800 || point > 0xdfff) text += String.fromCodePoint(point)
  }
  const bytes = encodeUtf8(text)
  expect(Buffer.compare(bytes, Buffer.from(text, 'utf8'))).toBe(0)
  expect(decodeUtf8(bytes) === text).toBe(true)
})

test('of any bytes exactly those are read that a fatal TextDecoder reads, and as the same text', () => {
  const edges = [
    0, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5,
  ]
  const byte = fc.oneof(fc.constantFrom(...edges), fc.integer({ min: 0, max: 255 }))
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 6 }), list => {
      const bytes = Uint8Array.from(list)
      expect(decodeUtf8(bytes)).toBe(decodeWithPlatform(bytes))
    }),
    { numRuns: 20_000 },
  )
})

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

test('half of a surrogate pair is written as the replacement character', () => {
  expect(encodeUtf8('a\ud800b')).toEqual(Uint8Array.from(Buffer.from('a\ud800b')))
})

test('a byte order mark stays, so that a parser can refuse it', () => {
  expect(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b))).toBe('\ufeff{')
})

test('long texts are read whole', () => {
  const text = '手机号😀'.repeat(5_000)
  expect(decodeUtf8(encodeUtf8(text)) === text).toBe(true)
})
