import { expect, it } from 'vitest'
import { createIssueTokens } from './tokens.ts'

it('both tokens of a session name it, in the words that each of them has', () => {
  const asked: unknown[] = []
  const issue = createIssueTokens({
    access: {
      mint: claims => `access ${asked.push(claims)}`,
      verify: () => null,
      publicKeys: [],
      replaceKeys: () => undefined,
    },
    refresh: { mint: claim => `refresh ${asked.push(claim)}`, read: () => null },
  })
  expect(issue({ id: 'session-1', userId: 'user-1', appId: 'wx1', counter: 3 })).toEqual({
    accessToken: 'access 1',
    expiresIn: 600,
    refreshToken: 'refresh 2',
  })
  expect(asked).toEqual([
    { userId: 'user-1', appId: 'wx1', sessionId: 'session-1' },
    { sessionId: 'session-1', counter: 3 },
  ])
})
