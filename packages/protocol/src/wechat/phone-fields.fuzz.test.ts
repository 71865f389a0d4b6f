import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readPhoneFields } from './phone-fields.ts'

const runs = process.env.WEAPP_AUTH_LONG ? 1_000_000 : 60_000

const national = fc.oneof(fc.stringMatching(/^1\d{10}$/), fc.stringMatching(/^\d{0,16}$/))
const country = fc.oneof(fc.constantFrom('86', '852', '1', '0', '+86', '086', ''), fc.nat(9999).map(String))
const odd = fc.oneof(
  fc.jsonValue(),
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.constantFrom(undefined, NaN, -86, 8.6),
)

/** Three fields that agree, and then, now and then, one of them says something else. */
const fields = fc
  .record({
    purePhoneNumber: national,
    countryCode: country,
    form: fc.constantFrom('', 'digits', 'plus'),
    isNumber: fc.boolean(),
    spoiled: fc.option(
      fc.tuple(fc.constantFrom('phoneNumber', 'purePhoneNumber', 'countryCode'), fc.oneof(odd, national)),
      {
        freq: 2,
      },
    ),
  })
  .map(({ purePhoneNumber, countryCode, form, isNumber, spoiled }) => ({
    purePhoneNumber,
    countryCode: isNumber ? Number(countryCode) : countryCode,
    phoneNumber: `${form === 'plus' ? '+' : ''}${form === '' ? '' : countryCode}${purePhoneNumber}`,
    ...(spoiled ? { [spoiled[0]]: spoiled[1] } : {}),
  }))

test('three fields that agree are one E.164 number, and read again the same; all others name the field that is wrong', {
  timeout: 3_600_000,
}, () => {
  let read = 0
  const property = fc.property(fields, written => {
    const { phone, wrong } = readPhoneFields(written)
    if (phone === null) {
      if (!(wrong in written)) throw new Error('the wrong field is not named')
      return
    }
    read += 1
    const { number, nationalNumber, countryCode } = phone
    if (!/^\+[1-9]\d{4,14}$/.test(number)) throw new Error('no E.164 number')
    if (number !== `+${countryCode}${nationalNumber}`) throw new Error('the parts are not the number')
    const { phoneNumber, purePhoneNumber } = written
    if (purePhoneNumber !== nationalNumber || String(written.countryCode) !== countryCode)
      throw new Error('not what was written')
    if (![nationalNumber, number, number.slice(1)].includes(String(phoneNumber))) throw new Error('the fields differ')
    const again = readPhoneFields({ phoneNumber: number, purePhoneNumber: nationalNumber, countryCode })
    if (again.phone?.number !== number) throw new Error('read again it is another number')
  })
  fc.assert(property, { numRuns: runs })
  expect(read).toBeGreaterThan(runs / 10)
})
