import { expect, test } from 'vitest'
import { maskNickname } from './mask-nickname.ts'

test.each([
  ['小明', '小**'],
  ['A', 'A**'],
  ['👩‍👩‍👧 family', '👩‍👩‍👧**'],
  ['', '**'],
])('of %s the first character is shown', (nickname, masked) => {
  expect(maskNickname(nickname)).toBe(masked)
})
