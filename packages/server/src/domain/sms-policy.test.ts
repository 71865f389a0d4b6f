import { expect, it } from 'vitest'
import { openServer } from '../../test/open-server.ts'
import { readSmsPolicy } from './sms-policy.ts'

it('is off, at home, and within limits of a day', () => {
  expect(readSmsPolicy({}, 'apps[0]')).toEqual({
    sms: 'off',
    smsCountries: ['86'],
    smsLimits: { perNumber: 10, perUser: 10, perIp: 200, perApp: 1000 },
  })
})

it('keeps the default of every limit that is not named', () => {
  const { smsLimits } = readSmsPolicy({ smsLimits: { perApp: 5 } }, 'apps[0]')
  expect(smsLimits).toEqual({ perNumber: 10, perUser: 10, perIp: 200, perApp: 5 })
})

it.each([
  [{ sms: 'yes' }, '"apps[0].sms" must be off or on'],
  [{ smsCountries: [] }, '"apps[0].smsCountries" must be a list of country calling codes such as 86'],
  [{ smsCountries: ['+86'] }, '"apps[0].smsCountries" must be a list of country calling codes such as 86'],
  [{ smsLimits: { perApp: -1 } }, '"apps[0].smsLimits.perApp" must be a whole number, 0 or more'],
  [{ smsLimits: { perDay: 1 } }, '"apps[0].smsLimits.perDay" must not be there'],
  [{ sms: 'on' }, '"sms" must be a provider of messages, because "apps[0].sms" is on'],
  [{ phoneBudget: 0.5 }, '"apps[0].phoneBudget" must be a whole number, 0 or more, or null'],
])('says at the start what is wrong with %j', (policy, message) => {
  expect(() => openServer({ policy: policy as object })).toThrow(new TypeError(message))
})

it.each([-1, 11, 0.5])('trusts no proxy in the number of %j', trustProxy => {
  expect(() => openServer({ trustProxy })).toThrow(new TypeError('"trustProxy" must be a whole number from 0 to 10'))
})
