import { expect, it } from 'vitest'
import { beijingDay } from './beijing-day.ts'

it('begins and ends at midnight in Beijing', () => {
  const midnight = Date.parse('2026-11-21T16:00:00Z')
  const before = beijingDay(midnight - 1)
  const after = beijingDay(midnight)
  expect(before.until).toBe(midnight)
  expect(after).toEqual({ day: before.day + 1, until: Date.parse('2026-11-22T16:00:00Z') })
})
