import { expect, it } from 'vitest'
import { createPhoneDate } from './phone-date.ts'

const noon = Date.UTC(2026, 0, 1, 12)
const PhoneDate = createPhoneDate(() => noon)

it('tells the time of the phone', () => {
  expect(PhoneDate.now()).toBe(noon)
  expect(new PhoneDate().getTime()).toBe(noon)
  expect(PhoneDate()).toBe(new Date(noon).toString())
})

it('is an ordinary Date otherwise', () => {
  expect(new PhoneDate(0).toISOString()).toBe('1970-01-01T00:00:00.000Z')
  expect(new PhoneDate(2026, 1, 3).getDate()).toBe(3)
  expect(new PhoneDate() instanceof Date).toBe(true)
  expect(PhoneDate.parse('1970-01-01T00:00:01Z')).toBe(1000)
})
