import { expect, test } from 'vitest'
import { type Environment, readConfig } from './read-config.ts'
import { readLegacyPolicy } from './read-legacy-policy.ts'

const read = (WEAPP_LEGACY: string, more: Environment = { WEAPP_OPEN_DATA: 'enforce' }) =>
  readLegacyPolicy(readConfig({ WEAPP_LEGACY, ...more }))

test('old wire formats are off unless they are named', () => {
  expect(read('')).toBeNull()
  expect(read('001, 003b')).toEqual({ formats: ['001', '003b'] })
})

test('the rest of the policy is written as JSON', () => {
  const policy = { formats: ['004'], paths: { '004': { login: '/wx/session' } } }
  expect(read(JSON.stringify(policy))).toEqual(policy)
})

test.each([
  ['005', '"WEAPP_LEGACY.formats" must be a list of 000, 001, 002, 003a, 003b, 004'],
  ['{"formats":["002"],"exposeOpenId":true}', '"WEAPP_LEGACY.exposeOpenId" must be false'],
  ['{"formats":', 'WEAPP_LEGACY must be a list such as 001,003b, or JSON'],
  ['{}', '"WEAPP_LEGACY.formats" must be'],
])('%s is refused with a sentence', (text, sentence) => {
  expect(() => read(text)).toThrow(expect.objectContaining({ exit: 'config' }))
  expect(() => read(text)).toThrow(expect.objectContaining({ message: expect.stringContaining(sentence) }))
})

test('they need open data', () => {
  expect(() => read('001', {})).toThrow('WEAPP_OPEN_DATA=enforce')
})
