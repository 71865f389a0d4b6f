import fc from 'fast-check'
import { expect, test } from 'vitest'
import { maskPhone } from './mask-phone.ts'
import { readPhoneNumber } from './phone-number.ts'

const runs = process.env.WEAPP_AUTH_LONG ? 1_000_000 : 40_000

/** What people, programs and attackers write where a number belongs. */
const countries = ['86', '852', '853', '886', '1', '44', '81', '82', '7', '39', '599', '999', '0', '']
const junk = [' ', '-', '(', ')', '.', '/', ';ext=1', 'x12', '\n', '\0', '\u200b', '\u202e', 'tel:', '00', '*', '#']
const digitsOf = fc.stringMatching(/^\d{0,16}$/)
const chineseMobile = fc.stringMatching(/^1\d{10}$/)
const plausible = fc
  .tuple(fc.constantFrom('+', '', '++', '＋', '00'), fc.constantFrom(...countries), fc.oneof(chineseMobile, digitsOf))
  .map(parts => parts.join(''))
const spoiled = fc
  .tuple(plausible, fc.constantFrom(...junk), fc.nat(20))
  .map(([text, one, at]) => text.slice(0, at) + one + text.slice(at))
const otherDigits = fc
  .tuple(plausible, fc.constantFrom(0xff10, 0x0660, 0x1d7ce))
  .map(([text, zero]) => text.replace(/\d/g, digit => String.fromCodePoint(zero + Number(digit))))
const known = fc.constantFrom('+8613800138000', '+85251234567', '+12025550123', '+447911123456', '+819012345678')

const text = fc.oneof(
  { weight: 6, arbitrary: plausible },
  { weight: 2, arbitrary: fc.tuple(fc.constant('+86'), chineseMobile).map(parts => parts.join('')) },
  { weight: 2, arbitrary: spoiled },
  { weight: 1, arbitrary: otherDigits },
  { weight: 1, arbitrary: known },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.constantFrom('9'.repeat(100_000), `+${'1'.repeat(5000)}`, '__proto__', 'NaN') },
)

test('whatever is written, it is one E.164 number as it stands, or none; and its mask tells five digits at most', {
  timeout: 3_600_000,
}, async () => {
  let read = 0
  const property = fc.asyncProperty(text, async written => {
    const phone = await readPhoneNumber(written)
    if (phone === null) return
    read += 1
    const { number, countryCode } = phone
    if (number !== written) throw new Error('not as it was written')
    if (!/^\+[1-9]\d{5,14}$/.test(number) || !/^[1-9]\d{0,2}$/.test(countryCode)) throw new Error('no E.164 number')
    if (!number.startsWith(`+${countryCode}`)) throw new Error('the country is not in the number')
    if ((await readPhoneNumber(number))?.countryCode !== countryCode) throw new Error('read again it is another number')
    const masked = maskPhone(phone)
    if (!/^(\d{2,3}\*+\d{2}|\*+)$/.test(masked)) throw new Error('the mask tells too much')
    if (masked.length !== number.length - 1 - countryCode.length) throw new Error('the mask has another length')
  })
  await fc.assert(property, { numRuns: runs })
  expect(read).toBeGreaterThan(runs / 10)
})
