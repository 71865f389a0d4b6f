import { expect, it } from 'vitest'
import { decodeBase64url, encodeBase64url } from './base64url.ts'

it('bytes of any length come back, also from the middle of a buffer', () => {
  const all = Uint8Array.from({ length: 64 }, (_, at) => at * 4 + 3)
  for (let length = 0; length < 10; length += 1) {
    const part = all.subarray(5, 5 + length)
    expect(encodeBase64url(part)).toBe(Buffer.from(Uint8Array.from(part)).toString('base64url'))
    expect(decodeBase64url(encodeBase64url(part))).toEqual(Buffer.from(Uint8Array.from(part)))
  }
})

it.each(['AR', 'AQ==', 'AQ=', 'A', 'A+', 'A/', ' AQ', 'AQ\n', 'A*Q'])('another spelling is refused: %j', text => {
  expect(decodeBase64url(text)).toBeNull()
})
