import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bentToken } from '../../test/bent-token.ts'
import { createIds } from '../domain/ids.ts'
import { generateKeyring } from './keyring.ts'
import { createRefreshTokens } from './refresh-token.ts'
import { openRing } from './ring.ts'

const runs = process.env.WEAPP_AUTH_LONG ? 1_000_000 : 50_000
const keys = generateKeyring()
const tokens = createRefreshTokens(openRing(keys))
const strangers = createRefreshTokens(openRing(generateKeyring()))
const newId = createIds({ clock: { now: () => 1_800_000_000_000 }, random: { bytes: randomBytes } })

const claims = [0, 1, 2 ** 31, 2 ** 32 - 1].map(counter => ({ sessionId: newId(), counter }))
const made = new Map(claims.map(claim => [tokens.mint(claim), claim] as const))
const texts = [...made.keys(), ...claims.map(claim => strangers.mint(claim))]

test('a refresh token is read letter by letter as it was made, and no other text is one', {
  timeout: 3_600_000,
}, () => {
  let read = 0
  const property = fc.property(bentToken(texts, 'wxa_rt_'), text => {
    const claim = tokens.read(text)
    if (claim) read += 1
    const expected = made.get(text) ?? null
    if (claim?.sessionId !== expected?.sessionId || claim?.counter !== expected?.counter)
      throw new Error('a token that was not made so was read')
  })
  fc.assert(property, { numRuns: runs })
  expect(read).toBeGreaterThan(0)
})
