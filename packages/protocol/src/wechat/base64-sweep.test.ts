import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBase64, encodeBase64 } from './base64.ts'

test('a text is decoded only when encoding gives the very same text', () => {
  const character = fc.constantFrom(...'AQgwBCDz09+/=-_ \n')
  fc.assert(
    fc.property(fc.string({ unit: character, maxLength: 12 }), text => {
      const bytes = decodeBase64(text)
      const lax = Buffer.from(text, 'base64')
      if (bytes === null) expect(lax.toString('base64')).not.toBe(text)
      else expect(encodeBase64(bytes)).toBe(text)
    }),
    { numRuns: 5_000 },
  )
})
