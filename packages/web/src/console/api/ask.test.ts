import { expect, test } from 'vitest'
import { addressOf } from './ask.ts'

test('places are filled in and escaped, and what is not asked for is left out', () => {
  expect(addressOf('/admin/v1/users/{id}/events', { at: { id: 'a/b' }, query: { after: '7', app: undefined } })).toBe(
    '/admin/v1/users/a%2Fb/events?after=7',
  )
  expect(addressOf('/admin/v1/users', {})).toBe('/admin/v1/users')
})
