import { expect, it } from 'vitest'
import { tellDuration } from './tell-duration.ts'

it.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1000, '1.0 s'],
  [59_949, '59.9 s'],
  [59_950, '1:00'],
  [601_000, '10:01'],
  [86_400_000, '1440:00'],
])('%d ms is told as %s', (ms, told) => {
  expect(tellDuration(ms)).toBe(told)
})
