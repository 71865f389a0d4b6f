import { generateKeyPairSync, sign } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import vectors from '../../../protocol/vectors/regressions/access-tokens.json' with { type: 'json' }
import { bentToken } from '../../test/bent-token.ts'
import { createTokenVerifier } from '../verify/token-verifier.ts'
import { createAccessTokens } from './access-token.ts'
import { generateKeyring } from './keyring.ts'

/*
 * Two verifiers read access tokens: the server's own, and the one that other people's services mount. Both take a token
 * letter by letter as it was signed: a second spelling of it would pass every list that remembers tokens by their text.
 */

const runs = process.env.WEAPP_AUTH_LONG ? { own: 700_000, mounted: 300_000 } : { own: 35_000, mounted: 15_000 }
const patience = 3_600_000
const issuer = 'https://auth.example.com'
const clock = { now: () => 1_800_000_000_000 }
const keys = generateKeyring()
let ids = 0
const tokens = createAccessTokens({
  signing: keys.signing,
  issuer,
  audience: issuer,
  clock,
  newId: () => {
    ids += 1
    return `id-${ids}`
  },
})
const owners = ['user-1', 'user-2'].map(userId => ({ userId, appId: 'wx0000000000000001', sessionId: `of ${userId}` }))
const made = new Map(owners.map(owner => [tokens.mint(owner), owner] as const))
const [kid = ''] = keys.signing.map(key => key.kid)
const verifier = createTokenVerifier({ issuer, clock, fetch: async () => Response.json({ keys: tokens.publicKeys }) })

const stranger = generateKeyPairSync('ed25519').privateKey
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const claims = { iss: issuer, aud: issuer, sub: 'user-1', client_id: 'wx0000000000000001', sid: 's', jti: 'j' }
const times = { iat: clock.now() / 1000, exp: clock.now() / 1000 + 600 }

/** Tokens that somebody signed with a key of their own, or not at all, or that say how they want to be read. */
const forged = fc
  .record({
    header: fc.oneof(
      fc.record({
        alg: fc.constantFrom('EdDSA', 'none', 'HS256', 'ES256', 'Ed25519', 'edDSA', 5),
        typ: fc.constantFrom('at+jwt', 'JWT', 'application/at+jwt', 'AT+JWT'),
        kid: fc.constantFrom(kid, '', '../../etc/passwd', '__proto__', 'constructor', 0),
      }),
      fc.record({ alg: fc.constant('EdDSA'), typ: fc.constant('at+jwt'), kid: fc.constant(kid), crit: fc.jsonValue() }),
      fc.record({ alg: fc.constant('EdDSA'), kid: fc.constant(kid), b64: fc.boolean(), crit: fc.constant(['b64']) }),
    ),
    payload: fc.oneof(
      fc.constant({ ...claims, ...times }),
      fc.jsonValue().map(exp => ({ ...claims, exp })),
      fc.jsonValue(),
    ),
    tail: fc.constantFrom('', 'AAAA', 'signed', 'zeros'),
  })
  .map(({ header, payload, tail }) => {
    const text = `${part(header)}.${part(payload)}`
    if (tail === 'signed') return `${text}.${sign(null, Buffer.from(text), stranger).toString('base64url')}`
    return `${text}.${tail === 'zeros' ? Buffer.alloc(64).toString('base64url') : tail}`
  })

const texts = fc.oneof({ weight: 6, arbitrary: bentToken([...made.keys()], '') }, { weight: 1, arbitrary: forged })

test.each(vectors.refused)('refused as it once was not: $found', async ({ token }) => {
  const { issuer, now, jwks, genuine } = vectors
  const { verify } = createTokenVerifier({ issuer, clock: { now: () => now }, fetch: async () => Response.json(jwks) })
  expect(await verify(genuine)).toMatchObject({ status: 'valid', userId: 'user-1' })
  expect(await verify(token)).toMatchObject({ status: 'invalid' })
})

test('an access token is accepted letter by letter as it was signed', { timeout: patience }, () => {
  let accepted = 0
  const property = fc.property(texts, text => {
    const verified = tokens.verify(text)
    if (verified) accepted += 1
    if (verified?.userId !== made.get(text)?.userId) throw new Error('a token that was not signed so was accepted')
  })
  fc.assert(property, { numRuns: runs.own })
  expect(accepted).toBeGreaterThan(0)
})

test('a service that mounts the verifier takes the same texts and no other', { timeout: patience }, async () => {
  let accepted = 0
  const property = fc.asyncProperty(texts, async text => {
    const verified = await verifier.verify(text)
    const userId = verified.status === 'valid' ? verified.userId : undefined
    if (userId !== undefined) accepted += 1
    if (userId !== made.get(text)?.userId) throw new Error('a token that was not signed so was accepted')
  })
  await fc.assert(property, { numRuns: runs.mounted })
  expect(accepted).toBeGreaterThan(0)
})
