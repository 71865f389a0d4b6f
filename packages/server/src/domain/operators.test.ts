import { expect, test } from 'vitest'
import { type OperatorPolicy, readOperators } from './operators.ts'

const lin: OperatorPolicy = { name: 'lin', token: 'only-for-the-tests-0123456789abcdef', role: 'viewer' }

test('operators have a name, a long token and a role', () => {
  expect(readOperators([lin])).toEqual([lin])
  expect(readOperators()).toEqual([])
})

test.each([
  [{ ...lin, name: 'Lin Xiao' }, 'name'],
  [{ ...lin, token: 'too-short' }, 'token'],
  [{ ...lin, role: 'root' as 'admin' }, 'role'],
])('%o is refused by its field, and a token never repeated', (policy, field) => {
  expect(() => readOperators([policy])).toThrow(`"operators[0].${field}" must be`)
  expect(() => readOperators([policy])).not.toThrow(/too-short/)
})

test('two operators share neither name nor token', () => {
  expect(() => readOperators([lin, { ...lin, name: 'mo' }])).toThrow('"operators[1].token" must be unique')
  expect(() => readOperators([lin, { ...lin, token: `${lin.token}x` }])).toThrow('"operators[1].name" must be unique')
})
