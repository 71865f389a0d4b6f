import { expect, it } from 'vitest'
import { maskPhone } from './mask-phone.ts'

it.each([
  ['+8613800138000', '86', '138******00'],
  ['+15417543010', '1', '541*****10'],
  ['+85261234567', '852', '61****67'],
  ['+2904567', '290', '****'],
  ['+29045678', '290', '45*78'],
])('shows %s as the security guide of WeChat says', (number, countryCode, masked) => {
  expect(maskPhone({ number, countryCode })).toBe(masked)
})
