import { expect, it } from 'vitest'
import { readLanguage } from './read-language.ts'

it.each([
  [null, ['en-US', 'zh-CN'], 'en'],
  [null, ['zh-Hant-TW'], 'zh'],
  [null, ['fr-FR', 'en'], 'en'],
  [null, ['de'], 'zh'],
  [null, [], 'zh'],
  ['en', ['zh-CN'], 'en'],
  ['fr', ['en'], 'en'],
] as const)('chosen %s, preferred %j: %s', (chosen, preferred, language) => {
  expect(readLanguage(chosen, preferred)).toBe(language)
})
