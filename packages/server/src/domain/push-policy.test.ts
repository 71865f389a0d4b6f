import { expect, test } from 'vitest'
import { type PushPolicy, readPushPolicy } from './push-policy.ts'

const encodingAesKey = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG'

test('a token is enough, and nothing is nothing', () => {
  expect(readPushPolicy(undefined, 'push')).toBeNull()
  expect(readPushPolicy({ token: 'AAAAA' }, 'push')).toEqual({ token: 'AAAAA', encodingAesKey: null, delayMs: 600_000 })
  const all: PushPolicy = { token: 'AAAAA', encodingAesKey, delayMs: 0 }
  expect(readPushPolicy(all, 'push')).toEqual(all)
})

test.each<[string, object]>([
  ['token', {}],
  ['token', { token: 'a secret of mine' }],
  ['encodingAesKey', { token: 'AAAAA', encodingAesKey: 'secret' }],
  ['delayMs', { token: 'AAAAA', delayMs: -1 }],
  ['delayMs', { token: 'AAAAA', delayMs: 1e12 }],
])('a wrong %s is named and not repeated', (field, policy) => {
  const read = () => readPushPolicy(policy as PushPolicy, 'apps[0].push')
  expect(read).toThrow(`"apps[0].push.${field}" must be `)
  expect(read).not.toThrow('secret')
})
