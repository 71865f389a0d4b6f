import { expect, test } from 'vitest'
import { totpCode, totpStepOf } from './totp.ts'

const secret = Buffer.from('12345678901234567890')

test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('at second %d the code is that of RFC 6238, appendix B', (second, code) => {
  expect(totpCode(secret, Math.floor(second / 30))).toBe(code)
  expect(totpStepOf(secret, code, second * 1000)).toBe(Math.floor(second / 30))
})

test('a code is taken 30 seconds early or late, and not 60', () => {
  const at = (offset: number) => totpStepOf(secret, totpCode(secret, 100), 100 * 30_000 + offset)
  expect([at(-30_000), at(0), at(59_999)]).toEqual([100, 100, 100])
  expect([at(-30_001), at(60_000)]).toEqual([null, null])
  expect(totpStepOf(secret, '12345', 100 * 30_000)).toBeNull()
})
