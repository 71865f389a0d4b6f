import { expect, it } from 'vitest'
import { readAuthorization } from './read-authorization.ts'

it.each([
  ['Bearer abc', 'bearer', 'abc'],
  ['bEaReR  abc', 'bearer', 'abc'],
  ['Bearer abc def', 'bearer', 'abc def'],
  ['Bearer abc,Bearer def', 'bearer', 'abc,Bearer def'],
  ['Basic YTpi', 'basic', 'YTpi'],
  ['Bearer', '', ''],
  ['Bearer ', '', ''],
  [' Bearer abc', '', ''],
  ['', '', ''],
  [null, '', ''],
])('%j is the scheme %j with %j', (header, scheme, credentials) => {
  expect(readAuthorization(header)).toEqual({ scheme, credentials })
})
