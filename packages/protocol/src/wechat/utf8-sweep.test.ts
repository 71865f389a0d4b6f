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
