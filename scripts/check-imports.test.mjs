import { expect, test } from 'vitest'
import { cycles, importsOf, refusals, zoneOf } from './check-imports.mjs'

test('the longest folder of the table names the zone', () => {
  expect(zoneOf('packages/server/src/http/routes.ts')).toBe('packages/server/src/http')
  expect(zoneOf('packages/server/src/server.ts')).toBe('packages/server/src')
})

test('a use case may not import a store', () => {
  expect(refusals('packages/server/src/usecases/log-in.ts', ['../stores/memory/index.ts'])).toHaveLength(1)
  expect(refusals('packages/server/src/usecases/log-in.ts', ['../ports/store.ts'])).toEqual([])
})

test('the emulator may not inherit the mistakes of the server', () => {
  expect(refusals('packages/emulator/src/create-emulator.ts', ['@weapp-auth/server'])).toHaveLength(1)
})

test('the core of the client takes no package and no Node', () => {
  expect(
    refusals('packages/client/src/core/sign-in.ts', ['node:crypto', 'zod', '@weapp-auth/protocol/wechat']),
  ).toHaveLength(3)
})

test('a story may not reach into a package', () => {
  expect(refusals('conformance/a.test.ts', ['../packages/server/src/server.ts'])).toHaveLength(1)
})

test('type imports, re-exports and dynamic imports are seen', () => {
  const text = "import type { A } from './a.ts'\nexport * from './b.ts'\nconst c = await import('./c.ts')"
  expect(importsOf(text)).toEqual(['./a.ts', './b.ts', './c.ts'])
})

test('a cycle is found, a diamond is not one', () => {
  expect(
    cycles(
      new Map([
        ['a', ['b']],
        ['b', ['a']],
      ]),
    ),
  ).toEqual([['a', 'b', 'a']])
  expect(
    cycles(
      new Map([
        ['a', ['b', 'c']],
        ['b', ['d']],
        ['c', ['d']],
      ]),
    ),
  ).toEqual([])
})
