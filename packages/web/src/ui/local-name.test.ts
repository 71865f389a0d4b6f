import { expect, it } from 'vitest'
import { localName } from './local-name.ts'

it.each([
  ['林小满 Lin Xiaoman', 'zh', '林小满'],
  ['林小满 Lin Xiaoman', 'en', 'Lin Xiaoman'],
  ['一点即用 One Tap', 'en', 'One Tap'],
  ['林小满', 'en', '林小满'],
  ['Ada Bell', 'zh', 'Ada Bell'],
  ['茶 tea 茶', 'zh', '茶 tea 茶'],
  ['', 'zh', ''],
] as const)('%j in %s is %j', (name, language, expected) => {
  expect(localName(name, language)).toBe(expected)
})
