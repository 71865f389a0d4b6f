import { expect, test } from 'vitest'
import { isRecord } from './is-record.ts'

test.each([
  [{}, true],
  [{ a: 1 }, true],
  [Object.create(null), true],
  [[], false],
  [null, false],
  [undefined, false],
  ['{}', false],
  [5, false],
  [() => 1, false],
])('%j is a JSON object: %s', (value, is) => {
  expect(isRecord(value)).toBe(is)
})
