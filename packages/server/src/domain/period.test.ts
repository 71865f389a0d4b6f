import { expect, test } from 'vitest'
import { wholePeriod } from './period.ts'

const at = (text: string) => Date.parse(text)
const now = at('2026-11-22T00:00:00Z')

test('a short time is widened to whole hours', () => {
  expect(wholePeriod({ from: at('2026-11-21T03:20:00Z'), to: at('2026-11-21T05:00:00Z') }, now)).toEqual({
    unit: 'hour',
    from: at('2026-11-21T03:00:00Z'),
    to: at('2026-11-21T05:00:00Z'),
  })
})

test('seven days are told by the hour, and what is longer by whole days of Beijing', () => {
  const from = at('2026-11-01T00:00:00Z')
  expect(wholePeriod({ from, to: at('2026-11-08T00:00:00Z') }, now).unit).toBe('hour')
  expect(wholePeriod({ from, to: at('2026-11-08T00:00:01Z') }, now)).toEqual({
    unit: 'day',
    from: at('2026-10-31T16:00:00Z'),
    to: at('2026-11-08T16:00:00Z'),
  })
})

test('a day whose hours are gone by now is told by the day', () => {
  const period = { from: at('2026-10-01T00:00:00Z'), to: at('2026-10-02T00:00:00Z') }
  expect(wholePeriod(period, at('2026-11-04T00:00:00Z')).unit).toBe('hour')
  expect(wholePeriod(period, at('2026-11-04T00:00:01Z')).unit).toBe('day')
})
