import { expect, test } from 'vitest'
import { largest, rateOf, sumOf } from './series.ts'

test('counts are added up and listed with the largest first', () => {
  const counts = { code_invalid: 2, upstream_unavailable: 7, app_unknown: 1 }
  expect(sumOf(counts)).toBe(10)
  expect(largest(counts).map(([name]) => name)).toEqual(['upstream_unavailable', 'code_invalid', 'app_unknown'])
})

test('a rate of nothing is a dash', () => {
  expect([rateOf(0, 0), rateOf(999, 1), rateOf(0, 3)]).toEqual(['—', '99.9 %', '0.0 %'])
})
