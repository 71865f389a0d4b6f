import { createHmac, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { SignJWT } from 'jose'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createAccessTokens } from '../keys/access-token.ts'
import { generateKeyring } from '../keys/keyring.ts'
import { ed25519Pair } from '../keys/signing-key.ts'
import { createTokenVerifier, type TokenVerifierOptions } from './token-verifier.ts'

const issuer = 'https://auth.example.com'
const owner = { userId: 'user-1', appId: 'wx0000000000000001', sessionId: 'session-1' }
const [signingKey] = generateKeyring().signing
const [newerKey] = generateKeyring().signing
if (!signingKey || !newerKey) throw new Error('no key')
const { privateKey } = ed25519Pair(signingKey.secret)
const stranger = ed25519Pair(randomBytes(32)).privateKey
const kid = signingKey.kid

let now: number
let published: readonly (typeof signingKey)[]
let down: boolean
let live: unknown
const asked: string[] = []
const clock = { now: () => now }

beforeEach(() => {
  now = 1_800_000_000_000
  published = [signingKey]
  down = false
  live = { active: true, sub: owner.userId }
  asked.length = 0
})

/** The server as the verifier sees it. */
async function fetch(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url)
  asked.push(pathname)
  if (down) throw new TypeError('fetch failed')
  if (pathname === '/.well-known/jwks.json') return Response.json({ keys: server().publicKeys })
  const known = request.headers.get('authorization') === `Basic ${btoa('orders:s%2Becret')}`
  return known ? Response.json(live) : Response.json({ error: 'invalid_client' }, { status: 401 })
}

function server({ from = issuer, audience = from }: { from?: string; audience?: string } = {}) {
  return createAccessTokens({ signing: published, issuer: from, audience, clock, newId: () => 'id' })
}

function open(options: Partial<TokenVerifierOptions> = {}) {
  return createTokenVerifier({ issuer, clock, fetch, ...options })
}

const claims = () => {
  const iat = Math.floor(now / 1000)
  return { iss: issuer, aud: issuer, sub: 'user-1', client_id: owner.appId, sid: 's', jti: 'j', iat, exp: iat + 60 }
}
const signed = (header: object, body: object = claims(), key = privateKey) =>
  new SignJWT({ ...body }).setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid, ...header }).sign(key)
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('a token', () => {
  it('of our server says whose it is', async () => {
    const expiresAt = now + 600_000
    expect(await open().verify(server().mint(owner))).toEqual({ status: 'valid', ...owner, expiresAt })
  })

  it('is refused when it is over, with a little patience for clocks', async () => {
    const verifier = open({ clockSkewMs: 5000 })
    const token = server().mint(owner)
    now += 604_000
    expect(await verifier.verify(token)).toMatchObject({ status: 'valid' })
    now += 1000
    expect(await verifier.verify(token)).toEqual({ status: 'invalid', reason: 'expired' })
  })

  it('of another server or for somebody else is refused', async () => {
    const other = 'https://other.example.com'
    expect(await open().verify(server({ from: other }).mint(owner))).toMatchObject({ reason: 'issuer' })
    expect(await open().verify(server({ audience: other }).mint(owner))).toMatchObject({ reason: 'audience' })
    expect(await open({ audience: other }).verify(server({ audience: other }).mint(owner))).toMatchObject(owner)
  })

  it('does not choose how it is verified (RFC 8725)', async () => {
    const [jwk] = server().publicKeys
    const hs = `${part({ alg: 'HS256', typ: 'at+jwt', kid })}.${part(claims())}`
    const { sid, ...withoutSession } = claims()
    const { exp, ...endless } = claims()
    const reasons = await Promise.all(
      [
        await signed({}),
        `${part({ alg: 'none', typ: 'at+jwt', kid })}.${part(claims())}.`,
        `${hs}.${createHmac('sha256', jwk?.x ?? '')
          .update(hs)
          .digest('base64url')}`,
        await signed({ typ: 'JWT' }),
        await signed({ kid: '../../etc/passwd' }),
        await signed({ kid: undefined }),
        await signed({ jwk, jku: 'https://evil.example.com/keys' }, claims(), stranger),
        await signed({}, withoutSession),
        await signed({}, endless),
        'a.b.c',
        '',
        'x'.repeat(1_000_000),
      ].map(async token => {
        const outcome = await open().verify(token)
        return outcome.status === 'invalid' ? outcome.reason : outcome.status
      }),
    )
    expect(reasons).toEqual([
      'valid',
      'algorithm',
      'algorithm',
      'type',
      'key-unknown',
      'key-unknown',
      'signature',
      'claims',
      'claims',
      'malformed',
      'malformed',
      'malformed',
    ])
    expect(new Set(asked)).toEqual(new Set(['/.well-known/jwks.json']))
  })

  it('has one spelling: the spare bits of the last character are zero', async () => {
    const token = server().mint(owner)
    const verifier = open()
    const accepted: string[] = []
    for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
      if ((await verifier.verify(token.slice(0, -1) + char)).status === 'valid') accepted.push(char)
    expect(accepted).toEqual([token.at(-1)])
    for (const tail of ['=', '\n', ' ', '.'])
      expect(await verifier.verify(token + tail)).toEqual({ status: 'invalid', reason: 'malformed' })
  })

  it('never makes verify reject, whatever it is', async () => {
    const verifier = open()
    const header = fc.record({ alg: fc.constantFrom('EdDSA', 'none', 5), kid: fc.jsonValue(), crit: fc.jsonValue() })
    const made = fc.tuple(header, fc.jsonValue(), fc.string()).map(([head, body, tail]) => {
      return `${part(head)}.${Buffer.from(JSON.stringify(body)).toString('base64url')}.${tail}`
    })
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), made), async token => {
        expect((await verifier.verify(token)).status).toBe('invalid')
      }),
    )
  })
})

describe('the keys', () => {
  it('are read once for many that wait, and again after five minutes', async () => {
    const verifier = open()
    const token = server().mint(owner)
    await Promise.all(Array.from({ length: 20 }, () => verifier.verify(token)))
    expect(asked).toHaveLength(1)
    now += 300_000
    await Promise.all(Array.from({ length: 20 }, () => verifier.verify(token)))
    expect(asked).toHaveLength(2)
  })

  it('follow a rotation at once: a key that is not known is looked up', async () => {
    const verifier = open()
    await verifier.verify(server().mint(owner))
    now += 30_000
    published = [{ ...signingKey, state: 'verify-only' }, newerKey]
    const fresh = server().mint(owner)
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => verifier.verify(fresh)))
    expect(outcomes.every(outcome => outcome.status === 'valid')).toBe(true)
    expect(asked).toHaveLength(2)
  })

  it('are not read more than once in 30 seconds, however many invented keys are named', async () => {
    const verifier = open()
    await verifier.verify(server().mint(owner))
    now += 30_000
    for (let at = 0; at < 50; at += 1)
      expect(await verifier.verify(await signed({ kid: `invented-${at}` }))).toMatchObject({ reason: 'key-unknown' })
    expect(asked).toHaveLength(2)
  })

  it('that were known stay in use for an hour while the server is away', async () => {
    const verifier = open()
    const mint = () => server().mint(owner)
    await verifier.verify(mint())
    down = true
    now += 3_599_000
    expect(await verifier.verify(mint())).toMatchObject({ status: 'valid' })
    await verifier.verify(mint())
    expect(asked).toHaveLength(2)
    now += 1000
    await expect(verifier.verify(mint())).rejects.toMatchObject({ code: 'keys_unavailable', status: 503 })
    down = false
    expect(await verifier.verify(mint())).toMatchObject({ status: 'valid' })
  })

  it('that cannot be read are a fault with cause and fix, not a verdict on the token', async () => {
    down = true
    const verifier = open()
    await expect(verifier.verify(server().mint(owner))).rejects.toMatchObject({
      name: 'VerifierFault',
      code: 'keys_unavailable',
      cause: expect.objectContaining({ message: 'fetch failed' }),
      sentence: { zh: expect.stringContaining('公钥'), en: expect.stringContaining('public keys') },
      fix: { zh: expect.stringContaining('issuer'), en: expect.stringContaining('issuer') },
    })
    for (const answer of [
      new Response('<html>'),
      Response.json({ keys: 5 }),
      Response.json(null),
      new Response('', { status: 404 }),
    ])
      await expect(open({ fetch: async () => answer.clone() }).verify(server().mint(owner))).rejects.toMatchObject({
        code: 'keys_unavailable',
      })
  })

  it.each([
    ['a private key', ([key]: readonly object[]) => [{ ...key, d: 'A'.repeat(43) }]],
    ['a key of no length', ([key]: readonly object[]) => [{ ...key, x: '' }]],
    ['two keys of one name', ([key]: readonly object[]) => [key, key]],
  ])('that cannot be used say nothing of the token: %s', async (_, spoil) => {
    const verifier = open({ fetch: async () => Response.json({ keys: spoil(server().publicKeys) }) })
    await expect(verifier.verify(server().mint(owner))).rejects.toMatchObject({ code: 'keys_unavailable' })
  })

  it('an outage is told also when the token names a key that was never seen', async () => {
    const verifier = open()
    await verifier.verify(server().mint(owner))
    now += 30_000
    down = true
    for (let at = 0; at < 2; at += 1)
      await expect(verifier.verify(await signed({ kid: 'new' }))).rejects.toMatchObject({ code: 'keys_unavailable' })
    expect(asked).toHaveLength(2)
  })

  it('need no network when the server is in the same process', async () => {
    const verifier = open({ jwks: 'http://in-process/.well-known/jwks.json' })
    expect(await verifier.verify(server().mint(owner))).toMatchObject(owner)
  })
})

describe('with introspection', () => {
  const introspect = { id: 'orders', secret: 's+ecret' }
  const questions = () => asked.filter(path => path === '/v1/introspect').length

  it('a session that ended is refused, at the latest when the remembered answer is over', async () => {
    const verifier = open({ introspect })
    const token = server().mint(owner)
    expect(await verifier.verify(token)).toMatchObject(owner)
    live = { active: false }
    now += 1999
    expect(await verifier.verify(token)).toMatchObject(owner)
    now += 1
    expect(await verifier.verify(token)).toEqual({ status: 'invalid', reason: 'revoked' })
  })

  it('many who ask at once share one question; without a cache everybody asks', async () => {
    const token = server().mint(owner)
    const verifier = open({ introspect })
    await Promise.all(Array.from({ length: 20 }, () => verifier.verify(token)))
    expect(questions()).toBe(1)
    const strict = open({ introspect: { ...introspect, cacheMs: 0 } })
    await strict.verify(token)
    await strict.verify(token)
    expect(questions()).toBe(3)
  })

  it('a bad token is refused without a question', async () => {
    expect(await open({ introspect }).verify('a.b.c')).toMatchObject({ reason: 'malformed' })
    expect(questions()).toBe(0)
  })

  it('a session of somebody else is refused', async () => {
    live = { active: true, sub: 'user-2' }
    expect(await open({ introspect }).verify(server().mint(owner))).toMatchObject({ reason: 'revoked' })
  })

  it('a session that was published as ended is refused at once, whatever is remembered', async () => {
    const ended = new Set<string>()
    let isThere = true
    const revocations = { isRevoked: async (id: string) => (isThere ? ended.has(id) : null) }
    const token = server().mint(owner)
    const [alone, asking] = [open({ revocations }), open({ revocations, introspect })]
    expect([await alone.verify(token), await asking.verify(token)]).toMatchObject([owner, owner])
    ended.add(owner.sessionId)
    const refused = { status: 'invalid', reason: 'revoked' }
    expect([await alone.verify(token), await asking.verify(token)]).toEqual([refused, refused])
    isThere = false
    live = { active: false }
    expect(await alone.verify(token)).toMatchObject(owner)
    now += 2000
    expect(await asking.verify(token)).toEqual(refused)
  })

  it('a backend that may not ask is told apart from a server that is out of order', async () => {
    const token = server().mint(owner)
    const codeAfter = async (status: number) => {
      const answering = async (request: Request) =>
        request.method === 'POST' ? new Response('{}', { status }) : fetch(request)
      return open({ introspect, fetch: answering })
        .verify(token)
        .then(
          () => 'verified',
          (error: { readonly code: string }) => error.code,
        )
    }
    expect(await Promise.all([401, 403, 404, 500, 204].map(codeAfter))).toEqual([
      'introspection_refused',
      'introspection_refused',
      'introspection_unavailable',
      'introspection_unavailable',
      'introspection_unavailable',
    ])
  })

  it('a server that does not answer, or not us, is a fault that is not remembered', async () => {
    const token = server().mint(owner)
    const verifier = open({ introspect })
    await verifier.verify(token)
    now += 2000
    down = true
    await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'introspection_unavailable' })
    down = false
    expect(await verifier.verify(token)).toMatchObject(owner)
    live = {}
    now += 2000
    await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'introspection_unavailable' })
    const wrong = open({ introspect: { ...introspect, secret: 'wrong' } })
    const fault = await wrong.verify(token).catch((error: unknown) => error)
    expect(fault).toMatchObject({ code: 'introspection_refused' })
    expect(String(fault)).not.toContain('wrong')
  })
})

describe('a request', () => {
  it('is authenticated by its bearer token, in any spelling of the scheme', async () => {
    const token = server().mint(owner)
    for (const authorization of [`Bearer ${token}`, `bearer  ${token} `])
      for (const headers of [{ authorization }, new Headers({ authorization })])
        expect(await open().authenticate(headers)).toMatchObject({ status: 'authenticated', user: owner })
  })

  it('without one is told to bring one, without an error (RFC 6750, section 3.1)', async () => {
    for (const headers of [{}, new Headers(), { authorization: 'Basic b3JkZXJz' }, { authorization: 'Bearer ' }])
      expect(await open().authenticate(headers)).toMatchObject({
        status: 'refused',
        refusal: { status: 401, headers: { 'www-authenticate': 'Bearer' }, body: { code: 'token_missing' } },
      })
  })

  it('with a bad one is told so, in the words the mini program understands', async () => {
    expect(await open().authenticate({ authorization: 'Bearer a.b.c' })).toMatchObject({
      refusal: {
        headers: { 'www-authenticate': 'Bearer error="invalid_token", error_description="malformed"' },
        body: { code: 'token_invalid', retry: 'login', detail: 'malformed' },
      },
    })
  })
})

it.each([
  ['issuer', { issuer: 'auth.example.com' }],
  ['audience', { audience: '' }],
  ['jwks', { jwks: 'keys.json' }],
  ['clockSkewMs', { clockSkewMs: -1 }],
  ['introspect.id', { introspect: { id: '', secret: 's' } }],
  ['introspect.secret', { introspect: { id: 'orders', secret: '' } }],
  ['revocations', { revocations: {} as never }],
  ['introspect.cacheMs', { introspect: { id: 'orders', secret: 's', cacheMs: Number.NaN } }],
  ['introspect.url', { introspect: { id: 'orders', secret: 's', url: '/v1/introspect' } }],
])('a wrong "%s" is named', (field, options) => {
  expect(() => open(options)).toThrow(`"${field}" must be`)
})

it('without fetch and clock of its own it takes the global ones', async () => {
  now = Date.now()
  vi.stubGlobal('fetch', fetch)
  try {
    expect(await createTokenVerifier({ issuer }).verify(server().mint(owner))).toMatchObject(owner)
    expect(asked).toEqual(['/.well-known/jwks.json'])
  } finally {
    vi.unstubAllGlobals()
  }
})
