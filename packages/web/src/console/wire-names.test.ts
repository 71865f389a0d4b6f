import { expect, test } from 'vitest'
import { actName } from './wire-names.ts'

test('an act is told in words, and one that has none as it is written', () => {
  expect(actName('user-blocked')).toEqual({ zh: '封禁', en: 'Blocked' })
  expect(actName('something-later')).toEqual({ zh: 'something-later', en: 'something-later' })
})
