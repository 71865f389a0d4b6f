import { expect, test } from 'vitest'
import { periodOf, ranges } from './period.ts'

test('a range ends with the present minute and is as long as it says', () => {
  const { from, to } = periodOf(ranges[0], Date.parse('2026-11-21T10:00:30.500Z'))
  expect([from, to]).toEqual(['2026-11-20T10:01:00.000Z', '2026-11-21T10:01:00.000Z'])
})
