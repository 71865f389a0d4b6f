import { expect, it } from 'vitest'
import { readPhoneNumber } from './phone-number.ts'

it('reads mobile numbers of any country with their country code', async () => {
  expect(await readPhoneNumber('+8613800138000')).toEqual({ number: '+8613800138000', countryCode: '86' })
  expect(await readPhoneNumber('+8612000000001')).toEqual({ number: '+8612000000001', countryCode: '86' })
  expect(await readPhoneNumber('+85251234567')).toEqual({ number: '+85251234567', countryCode: '852' })
  expect(await readPhoneNumber('+12025550123')).toEqual({ number: '+12025550123', countryCode: '1' })
})

it.each([
  ['no country code', '13800138000'],
  ['too short', '+861380013800'],
  ['too long', '+86138001380000'],
  ['a number that nobody abroad has', '+447000000000'],
  ['a fixed line abroad', '+442079460000'],
  ['an unknown country', '+9991234567'],
  ['a fixed line', '+862112345678'],
  ['spaces', '+86 138 0013 8000'],
  ['an extension', '+8613800138000;ext=1'],
  ['nothing', ''],
])('refuses %s', async (_, text) => {
  expect(await readPhoneNumber(text)).toBeNull()
})
