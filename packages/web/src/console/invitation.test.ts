import { expect, test } from 'vitest'
import { readInvitation } from './invitation.ts'

test('an invitation stands behind the hash, and nowhere else', () => {
  expect(readInvitation('#invitation=abc-_1')).toBe('abc-_1')
  expect([readInvitation(''), readInvitation('#'), readInvitation('#invitation='), readInvitation('#users')]).toEqual([
    null,
    null,
    null,
    null,
  ])
})
