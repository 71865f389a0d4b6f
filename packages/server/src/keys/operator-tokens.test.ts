import { expect, it } from 'vitest'
import { createOperatorTokens } from './operator-tokens.ts'

const operatorOf = createOperatorTokens([
  { name: 'lin', token: 'first-only-for-the-tests-0123456789', role: 'viewer' },
  { name: 'wang', token: 'second-only-for-the-tests-0123456789', role: 'admin' },
])

it('a token names its operator and the role, and nothing of itself', () => {
  expect(operatorOf('first-only-for-the-tests-0123456789')).toEqual({ name: 'lin', role: 'viewer' })
  expect(operatorOf('second-only-for-the-tests-0123456789')).toEqual({ name: 'wang', role: 'admin' })
})

it.each(['', 'lin', 'first-only-for-the-tests-012345678', 'first-only-for-the-tests-0123456789 '])(
  'another text names nobody: %j',
  text => {
    expect(operatorOf(text)).toBeNull()
  },
)
