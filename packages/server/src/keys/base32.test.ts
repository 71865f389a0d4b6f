import { expect, test } from 'vitest'
import { encodeBase32 } from './base32.ts'

test.each([
  ['fooba', 'MZXW6YTB'],
  ['foobarfoob', 'MZXW6YTBOJTG633C'],
  ['', ''],
])('%j is %j (RFC 4648, section 10)', (text, encoded) => {
  expect(encodeBase32(Buffer.from(text))).toBe(encoded)
})
