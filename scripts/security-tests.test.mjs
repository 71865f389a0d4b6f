import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './bootstrap.mjs'
import { patternOf, securityTests } from './security-tests.mjs'
import { slowTests } from './slow-tests.mjs'

test('a folder of the stage is left out with all that is in it, a file alone', () => {
  expect(patternOf('conformance/attacks/')).toBe('conformance/attacks/**')
  expect(patternOf('packages/server/src/a.race.test.ts')).toBe('packages/server/src/a.race.test.ts')
})

test('a file named for a stage exists, and belongs to one stage', () => {
  const files = [...slowTests, ...securityTests].filter(entry => !entry.endsWith('/'))
  expect(files.filter(file => !existsSync(join(root, file)))).toEqual([])
  expect(slowTests.filter(file => securityTests.some(entry => file.startsWith(entry)))).toEqual([])
})
