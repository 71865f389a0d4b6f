import { expect, test } from 'vitest'
import { skewOf } from './clock-skew.ts'

const minute = 60_000
const now = 1_800_000_000_000

test.each([-5, 0, 5, 9.9])('a tap %d minutes ago can be, with clocks that differ by up to five', minutes => {
  expect(skewOf(now - minutes * minute, now)).toBeNull()
})

test.each([-60, -5.1, 10, 60])('a tap %d minutes ago cannot be: that far our clock is ahead', minutes => {
  expect(skewOf(now - minutes * minute, now)).toBeCloseTo(minutes * minute)
})
