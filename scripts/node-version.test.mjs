import { expect, test } from 'vitest'
import { nodeVersionProblem } from './node-version.mjs'

test('Node 20.19, 22 and 24 are taken', () => {
  for (const version of ['20.19.0', '20.20.2', '22.11.0', '24.1.0']) expect(nodeVersionProblem(version)).toBeNull()
})

test('an older Node is refused in both languages, naming the version', () => {
  for (const version of ['18.20.4', '20.18.3']) {
    const problem = nodeVersionProblem(version)
    expect(problem).toContain(version)
    expect(problem).toMatch(/需要 Node\.js[\s\S]*Node\.js 20\.19 or later is needed/)
  }
})
