import { expect, test } from 'vitest'
import { readAuditPlace, writeAuditPlace } from './audit-place.ts'

const place = { seq: 4711, hash: 'ab'.repeat(32) }

test('a place that was kept is read back, with the blanks that copying adds', () => {
  expect(readAuditPlace(` ${writeAuditPlace(place)}\n`)).toEqual(place)
})

test.each(['', '7', `0:${place.hash}`, `7:${place.hash}0`, `7:${place.hash.toUpperCase()}`, `x:${place.hash}`])(
  'anything else is none: %j',
  text => {
    expect(readAuditPlace(text)).toBeNull()
  },
)
