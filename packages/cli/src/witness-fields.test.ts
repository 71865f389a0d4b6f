import { expect, test } from 'vitest'
import { witnessFields } from './witness-fields.ts'

test('tells which fields nobody looked at, and of an unread field only the field', () => {
  const { value, unread } = witnessFields({ apps: [{ appId: 'a', nmae: 'b' }, { appId: 'c' }], stray: { deep: 1 } })
  const { apps } = value as { apps: { appId: string }[] }
  expect(unread()).toEqual([['apps', 0], ['apps', 1], ['stray']])
  expect(apps.map(({ appId }) => appId)).toEqual(['a', 'c'])
  expect(unread()).toEqual([['apps', 0, 'nmae'], ['stray']])
})

test('reads as the original: arrays, spread, JSON', () => {
  const original = { list: [1, 'x', null, { deep: true }] }
  const { value, unread } = witnessFields(original)
  expect(JSON.parse(JSON.stringify(value))).toEqual(original)
  expect(Array.isArray((value as typeof original).list)).toBe(true)
  expect(unread()).toEqual([])
  expect(witnessFields('text').unread()).toEqual([])
})
