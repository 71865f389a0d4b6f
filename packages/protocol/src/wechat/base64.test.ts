import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBase64, encodeBase64 } from './base64.ts'

test('any bytes survive the way there and back, in the words of every other encoder', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
      const text = encodeBase64(bytes)
      expect(text).toBe(Buffer.from(bytes).toString('base64'))
      expect(decodeBase64(text)).toEqual(bytes)
    }),
  )
})

test.each([
  ['spare bits after one byte', 'AB=='],
  ['spare bits after two bytes', 'AAB='],
  ['no padding', 'AA'],
  ['one padding character too many', 'AAA=='],
  ['whole words and a padding character', 'AAAA='],
  ['padding in the middle', 'AA==AAAA'],
  ['nothing but padding', '===='],
  ['three padding characters', 'A==='],
  ['a space for a plus sign', 'A A='],
  ['a line break', 'AAAA\nAAA'],
  ['the URL alphabet', '-_-_'],
  ['a character beyond ASCII', 'AAAé'],
  ['a character whose low byte is a letter', 'AAA\u0141'],
])('refused: %s', (_, text) => {
  expect(decodeBase64(text)).toBeNull()
})

test.each(['AAAA', 'AAA=', 'AA==', 'AAAAAAAA', '////', '//8=', '/w=='])(
  'read as every other encoder reads it: %s',
  text => {
    expect(decodeBase64(text)).toEqual(Uint8Array.from(Buffer.from(text, 'base64')))
  },
)

test('the empty text stands for no bytes', () => {
  expect(decodeBase64('')).toEqual(new Uint8Array())
  expect(encodeBase64(new Uint8Array())).toBe('')
})
