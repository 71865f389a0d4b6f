import { expect, it } from 'vitest'
import { readPhoneNumber } from './read-phone-number.ts'

it.each([
  ['86', '138 0013 8000', { countryCode: '86', number: '13800138000' }],
  ['852', '5123-4567', { countryCode: '852', number: '51234567' }],
  ['1', '(415) 555 0100', { countryCode: '1', number: '4155550100' }],
])('reads +%s %s', (code, typed, phone) => {
  expect(readPhoneNumber(code, typed)).toEqual(phone)
})

it.each([
  ['86', '1380013800'],
  ['86', '23800138000'],
  ['86', '138001380001'],
  ['852', '12'],
  ['65', '0123456'],
  ['86', '１３８００１３８０００'],
  ['86', ''],
])('refuses +%s %j', (code, typed) => {
  expect(readPhoneNumber(code, typed)).toBeNull()
})
