import fc from 'fast-check'
import { expect, test } from 'vitest'
import { padPkcs7, unpadPkcs7 } from './pkcs7.ts'

test.each([16, 32] as const)('padding to blocks of %i comes off again', block => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), bytes => {
      const padded = padPkcs7(bytes, block)
      expect(padded.length % block).toBe(0)
      expect(padded.length).toBeGreaterThan(bytes.length)
      expect(unpadPkcs7(padded, block)).toEqual(bytes)
    }),
  )
})

test.each([14, 15, 16, 17])('%i bytes are padded as RFC 5652 wants it, and read again', length => {
  const bytes = new Uint8Array(length).fill(7)
  const padding = 16 - (length % 16)
  expect(padPkcs7(bytes, 16)).toEqual(Uint8Array.from([...bytes, ...Array(padding).fill(padding)]))
  expect(unpadPkcs7(padPkcs7(bytes, 16), 16)).toEqual(bytes)
})

test.each([
  ['nothing', []],
  ['a last byte of zero', [1, 0]],
  ['a last byte larger than the block', [...Array(31).fill(17), 17]],
  ['a last byte larger than the text', [3, 3]],
  ['padding that is not uniform', [2, 3, 3, 1, 3]],
])('refused: %s', (_, bytes) => {
  expect(unpadPkcs7(Uint8Array.from(bytes), 16)).toBeNull()
})
