import { createHmac, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { type MeAnswer, routes } from '@weapp-auth/protocol/contract'
import { generateKeyring } from '@weapp-auth/server'
import { createTokenVerifier } from '@weapp-auth/server/verify'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { caseCount } from './case-count.ts'
import { app, openTarget } from './open-target.ts'

/*
 * A22: none, swapped algorithms, injected keys, tokens of another type, and every string near a valid one. The server
 * and the verifier for other backends accept a token only letter by letter as it was issued.
 */

const issuer = 'https://auth.example.com'
const people = ['lin', 'mo'].map(id => ({ id, name: id, phones: [] }))
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const open = (text = '') => JSON.parse(Buffer.from(text, 'base64url').toString()) as Record<string, unknown>

async function openForge() {
  const keys = generateKeyring()
  const target = await openTarget({ people, server: { keys, limits: { perIp: 'off', perUser: 'off' } } })
  const [lin, mo] = await Promise.all(people.map(({ id }) => target.logIn(id)))
  if (!lin || !mo) throw new Error('nobody logged in')
  const { server, clock } = target
  const verifier = createTokenVerifier({ issuer, clock, fetch: request => server.fetch(request) })
  /** Who accepts the text. */
  async function acceptedBy(token: string, at?: string): Promise<readonly string[]> {
    const headers = { authorization: `Bearer ${token}` }
    const me =
      at === undefined
        ? (await server.fetch(new Request(`${issuer}${routes.me}`, { headers }))).status
        : (await target.get<MeAnswer>(routes.me, token)).status
    const verified = await verifier.verify(token)
    expect([200, 401]).toContain(me)
    return [me === 200 ? 'server' : '', verified.status === 'valid' ? 'verifier' : ''].filter(Boolean)
  }
  return { keys, target, lin, mo, acceptedBy }
}

/** A signature over these, as if we had made it. */
function signed(header: object, claims: object, secret: Uint8Array): string {
  const head = Buffer.from('302e020100300506032b657004220420', 'hex')
  const key = createPrivateKey({ key: Buffer.concat([head, secret]), format: 'der', type: 'pkcs8' })
  const text = `${part(header)}.${part(claims)}`
  return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`
}

test('no header, claim or key of the attacker makes a token', async () => {
  const { keys, target, lin, mo, acceptedBy } = await openForge()
  const token = lin.tokens.accessToken
  const [header, payload, signature] = token.split('.')
  const [head, claims] = [open(header), open(payload)]
  const { keys: published } = (await target.get<{ keys: { x: string; kid: string }[] }>(routes.jwks)).body
  const publicKey = published[0]?.x ?? ''
  const own = keys.signing[0]?.secret ?? new Uint8Array(32)
  const stranger = generateKeyPairSync('ed25519')
  const strangerJwk = stranger.publicKey.export({ format: 'jwk' })
  const strangerSecret = Buffer.from(stranger.privateKey.export({ format: 'jwk' }).d ?? '', 'base64url')
  const hmac = (alg: string, key: string | Buffer) => {
    const text = `${part({ ...head, alg })}.${payload}`
    return `${text}.${createHmac(alg === 'HS512' ? 'sha512' : 'sha256', key)
      .update(text)
      .digest('base64url')}`
  }
  // The oracle first: the same means make a good token when nothing is forged.
  expect(await acceptedBy(signed(head, claims, own))).toEqual(['server', 'verifier'])

  const forged: Readonly<Record<string, string>> = {
    'alg none': `${part({ ...head, alg: 'none' })}.${payload}.`,
    'alg None with the signature': `${part({ ...head, alg: 'None' })}.${payload}.${signature}`,
    'no alg': `${part({ typ: head.typ, kid: head.kid })}.${payload}.${signature}`,
    'HS256 with the public key': hmac('HS256', publicKey),
    'HS256 with the bytes of the public key': hmac('HS256', Buffer.from(publicKey, 'base64url')),
    'HS512 with an empty key': hmac('HS512', ''),
    'a key in the header': signed({ ...head, jwk: strangerJwk }, claims, strangerSecret),
    'our kid, the key of a stranger': signed(head, claims, strangerSecret),
    'a kid that is a path': signed({ ...head, kid: '../../../../dev/null' }, claims, own),
    'a kid that is SQL': signed({ ...head, kid: "x' UNION SELECT 1 --" }, claims, own),
    'a kid that is a prototype': signed({ ...head, kid: '__proto__' }, claims, own),
    'a jku of the attacker': signed({ ...head, jku: 'https://evil.example/jwks.json' }, claims, strangerSecret),
    'an x5u of the attacker': signed({ ...head, x5u: 'https://evil.example/cert' }, claims, strangerSecret),
    'the payload of somebody else': [header, mo.tokens.accessToken.split('.')[1], signature].join('.'),
    'the signature of somebody else': [header, payload, mo.tokens.accessToken.split('.')[2]].join('.'),
    'a signature of zeros': [header, payload, Buffer.alloc(64).toString('base64url')].join('.'),
    'no signature': `${header}.${payload}.`,
    'the refresh token': lin.tokens.refreshToken,
    'the loginId': lin.loginId,
    nested: `${header}.${part(token)}.${signature}`,
    'a JSON serialization': JSON.stringify({ protected: header, payload, signature }),
  }
  const accepted: string[] = []
  for (const [name, text] of Object.entries(forged))
    if ((await acceptedBy(text, 'over a port')).length > 0) accepted.push(name)
  expect(accepted).toEqual([])
})

test('a JWT of another type or for another purpose is none, though our own key signed it', async () => {
  const { keys, lin, acceptedBy } = await openForge()
  const own = keys.signing[0]?.secret ?? new Uint8Array(32)
  const [header, payload] = lin.tokens.accessToken.split('.')
  const [head, claims] = [open(header), open(payload)]
  const without = (name: string) => Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name))
  const forged: Readonly<Record<string, string>> = {
    'typ JWT': signed({ ...head, typ: 'JWT' }, claims, own),
    'typ of a logout token': signed({ ...head, typ: 'logout+jwt' }, claims, own),
    'no typ': signed({ alg: head.alg, kid: head.kid }, claims, own),
    'a critical extension': signed({ ...head, crit: ['exp'] }, claims, own),
    'for another audience': signed(head, { ...claims, aud: 'https://other.example.com' }, own),
    'of another issuer': signed(head, { ...claims, iss: 'https://other.example.com' }, own),
    expired: signed(head, { ...claims, exp: 1 }, own),
    ...Object.fromEntries(
      ['iss', 'aud', 'exp', 'sub', 'sid'].map(name => [`without ${name}`, signed(head, without(name), own)]),
    ),
  }
  const accepted: string[] = []
  for (const [name, text] of Object.entries(forged)) if ((await acceptedBy(text)).length > 0) accepted.push(name)
  expect(accepted).toEqual([])
})

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Texts near these, as they travel in a header. */
function near(tokens: readonly string[]) {
  const one = fc.constantFrom(...tokens)
  const at = fc.nat(1000)
  const char = fc.constantFrom(...alphabet, '.', '=', '+', '/', '%', ' ', '~')
  const cut = (text: string, where: number) => where % (text.length + 1)
  return fc.oneof(
    fc.tuple(one, at, char).map(([text, where, by]) => {
      const place = where % text.length
      return text.slice(0, place) + by + text.slice(place + 1)
    }),
    fc
      .tuple(one, at, char)
      .map(([text, where, by]) => text.slice(0, cut(text, where)) + by + text.slice(cut(text, where))),
    fc
      .tuple(one, at)
      .map(([text, where]) => text.slice(0, where % text.length) + text.slice((where % text.length) + 1)),
    // The last character has bits that do not count.
    fc.tuple(one, fc.constantFrom(...alphabet)).map(([text, last]) => text.slice(0, -1) + last),
    fc
      .tuple(one, fc.constantFrom('=', '==', '.', '%0a', '.x', ' x', '\t', ',', ';', '#', `.${'A'.repeat(86)}`))
      .map(([text, tail]) => text + tail),
    fc.tuple(one, one, one).map(texts => texts.map((text, place) => text.split('.')[place]).join('.')),
    fc.tuple(one, fc.nat(2)).map(([text, place]) =>
      text
        .split('.')
        .map((piece, index) => (index === place ? Buffer.from(piece, 'base64url').toString('base64') : piece))
        .join('.'),
    ),
    fc.tuple(one, at, at).map(([text, from, to]) => text.slice(cut(text, from), cut(text, to))),
    fc.tuple(one, fc.constantFrom(...'abcdefgh')).map(([text, by]) => text.toLowerCase().replace('e', by)),
  )
}

test('of all texts near a valid token only the token itself is accepted', { timeout: 3_600_000 }, async () => {
  const { lin, mo, acceptedBy } = await openForge()
  const tokens = [lin.tokens.accessToken, mo.tokens.accessToken]
  const property = fc.asyncProperty(near(tokens), async text => {
    // Spaces around a header's value are not part of it (RFC 9110, section 5.5).
    const both = tokens.includes(text.trim())
    expect(await acceptedBy(text.trim())).toEqual(both ? ['server', 'verifier'] : [])
  })
  await fc.assert(property, { numRuns: caseCount(8000, 500_000) })
  expect(await acceptedBy(lin.tokens.accessToken, app.appId)).toEqual(['server', 'verifier'])
})
