import { expect, test } from 'vitest'
import { blocksOf, calls, examplesOf } from './check-examples.mjs'

test('an example ends at the next tag or at the end of its comment', () => {
  const text = '/**\n * Adds.\n *\n * @example\n * add(1, 2) // 3\n * @throws never\n */\n/** @example one() */'
  expect(examplesOf(text)).toEqual([
    { code: 'add(1, 2) // 3', line: 4 },
    { code: 'one()', line: 8 },
  ])
})

test('only ts blocks of a README are compiled', () => {
  expect(blocksOf('a\n```sh\nnpm start\n```\n```ts\nconst a = 1\n```\n')).toEqual([{ code: 'const a = 1\n', line: 5 }])
})

test('what is called must exist, what is handed over may be anything', () => {
  expect(calls('open(key)', 'open')).toBe(true)
  expect(calls('open(key)', 'key')).toBe(false)
  expect(calls('store.open(key)', 'open')).toBe(false)
})
