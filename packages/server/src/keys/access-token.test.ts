import { createHmac, randomBytes, sign, verify } from 'node:crypto'
import { calculateJwkThumbprint, createLocalJWKSet, jwtVerify, SignJWT } from 'jose'
import { describe, expect, it, vi } from 'vitest'
import { accessTokenSeconds, createAccessTokens } from './access-token.ts'
import { generateKeyring } from './keyring.ts'
import { ed25519Pair } from './signing-key.ts'

vi.mock('node:crypto', async importOriginal => {
  const original = await importOriginal<typeof import('node:crypto')>()
  return { ...original, verify: vi.fn(original.verify) }
})

const issuer = 'https://auth.example.com'
const keys = generateKeyring()
const owner = { userId: 'user-1', appId: 'wx0000000000000001', sessionId: 'session-1' }

function open({ signing = keys.signing, audience = issuer, from = issuer, remembered = 10_000 } = {}) {
  let now = 1_800_000_000_000
  let ids = 0
  const newId = () => {
    ids += 1
    return `id-${ids}`
  }
  const clock = { now: () => now }
  const tokens = createAccessTokens({ signing, issuer: from, audience, clock, newId, remembered })
  const pass = (ms: number) => {
    now += ms
  }
  return { tokens, pass, date: () => new Date(now) }
}

describe('an access token', () => {
  it('is accepted by an independent library through our published keys (RFC 9068)', async () => {
    const { tokens, date } = open()
    const [jwk] = tokens.publicKeys
    const token = tokens.mint(owner)
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet({ keys: [...tokens.publicKeys] }), {
      algorithms: ['EdDSA'],
      typ: 'at+jwt',
      issuer,
      audience: issuer,
      currentDate: date(),
      requiredClaims: ['iss', 'aud', 'sub', 'client_id', 'sid', 'jti', 'iat', 'exp'],
    })
    expect(protectedHeader).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: jwk?.kid })
    expect(payload).toMatchObject({ sub: 'user-1', client_id: 'wx0000000000000001', sid: 'session-1', jti: 'id-1' })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(600)
  })

  it('is signed with a key named by its thumbprint', async () => {
    for (const { kty, crv, x, kid } of open().tokens.publicKeys)
      expect(await calculateJwkThumbprint({ kty, crv, x })).toBe(kid)
  })

  it('says whose it is until it expires, also when it was asked before', () => {
    const { tokens, pass } = open()
    const token = tokens.mint(owner)
    expect(tokens.verify(token)).toMatchObject(owner)
    pass(599_999)
    expect(tokens.verify(token)).toMatchObject(owner)
    pass(1)
    expect(tokens.verify(token)).toBeNull()
    expect(tokens.verify(token)).toBeNull()
  })

  it('is refused with any one character changed, appended or put in front', () => {
    const { tokens } = open()
    const token = tokens.mint(owner)
    for (let at = 0; at < token.length; at += 1)
      for (const char of ['A', 'B', '-', '.', '=', ' '])
        if (char !== token[at]) expect(tokens.verify(token.slice(0, at) + char + token.slice(at + 1))).toBeNull()
    for (const text of [`${token}\n`, ` ${token}`, `${token}.`, `${token}=`, `${token}A`, '', '..', 'a.b.c'])
      expect(tokens.verify(text)).toBeNull()
    expect(tokens.verify(token)).toMatchObject(owner)
  })

  it('has one spelling: the spare bits of the last character are zero', () => {
    const { tokens } = open()
    const token = tokens.mint(owner)
    const accepted = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'].filter(char =>
      tokens.verify(token.slice(0, -1) + char),
    )
    expect(accepted).toEqual([token.at(-1)])
  })

  it('is not chosen by its own header: none, HS256 with the public key, another type, a key of its own', async () => {
    const { tokens, date } = open()
    const [signingKey] = keys.signing
    const [jwk] = tokens.publicKeys
    if (!signingKey || !jwk) throw new Error('no key')
    const iat = Math.floor(date().getTime() / 1000)
    const claims = {
      iss: issuer,
      aud: issuer,
      sub: 'user-1',
      client_id: owner.appId,
      sid: 's',
      jti: 'j',
      iat,
      exp: iat + 60,
    }
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const { privateKey } = ed25519Pair(signingKey.secret)
    const stranger = ed25519Pair(randomBytes(32)).privateKey
    const hs = `${part({ alg: 'HS256', typ: 'at+jwt', kid: jwk.kid })}.${part(claims)}`
    const signed = (header: object, key = privateKey) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: jwk.kid, ...header }).sign(key)

    expect(tokens.verify(await signed({}))).toMatchObject({ sessionId: 's' })
    expect(tokens.verify(`${part({ alg: 'none', typ: 'at+jwt', kid: jwk.kid })}.${part(claims)}.`)).toBeNull()
    expect(tokens.verify(`${hs}.${createHmac('sha256', jwk.x).update(hs).digest('base64url')}`)).toBeNull()
    expect(tokens.verify(await signed({ typ: 'JWT' }))).toBeNull()
    expect(tokens.verify(await signed({ kid: '../../etc/passwd' }))).toBeNull()
    expect(tokens.verify(await signed({ jwk }))).toBeNull()
    expect(tokens.verify(await signed({}, stranger))).toBeNull()
  })

  it('of another issuer or for another audience is refused, though our key signed it', () => {
    const { tokens } = open()
    expect(tokens.verify(open({ from: 'https://other.example.com' }).tokens.mint(owner))).toBeNull()
    expect(tokens.verify(open({ audience: 'https://other.example.com' }).tokens.mint(owner))).toBeNull()
  })

  it('from the future is refused, a small skew between clocks is not', () => {
    const ahead = open()
    ahead.pass(299_000)
    expect(open().tokens.verify(ahead.tokens.mint(owner))).toMatchObject(owner)
    ahead.pass(60_000)
    expect(open().tokens.verify(ahead.tokens.mint(owner))).toBeNull()
  })

  it('outlives a rotation of the signing key until that key is retired', () => {
    const [old] = keys.signing
    const [fresh] = generateKeyring().signing
    if (!old || !fresh) throw new Error('no key')
    const token = open().tokens.mint(owner)
    const after = open({ signing: [{ ...old, state: 'verify-only' }, fresh] }).tokens
    expect(after.verify(token)).toMatchObject(owner)
    expect(after.publicKeys.map(({ kid }) => kid)).toEqual([old.kid, fresh.kid])
    expect(open({ signing: [fresh, { ...old, state: 'retired' }] }).tokens.verify(token)).toBeNull()
  })

  it('cannot be made to fill the memory: a token of 2 KB and more is not looked at', () => {
    expect(open().tokens.verify(`${'a'.repeat(1_000_000)}.b.c`)).toBeNull()
  })

  it('lives ten minutes, counted from the whole second', () => {
    expect(accessTokenSeconds).toBe(600)
    const { tokens, pass } = open()
    pass(999)
    expect(tokens.verify(tokens.mint(owner))?.expiresAt).toBe(1_800_000_600_000)
  })

  it('of 2048 characters is looked at, a longer one is not', () => {
    const { tokens } = open()
    const token = tokens.mint(owner)
    vi.mocked(verify).mockClear()
    for (const length of [2048, 2049]) {
      const [header = '', , signature = ''] = token.split('.')
      const payload = 'A'.repeat(length - header.length - signature.length - 2)
      expect(tokens.verify(`${header}.${payload}.${signature}`)).toBeNull()
    }
    expect(vi.mocked(verify)).toHaveBeenCalledTimes(1)
  })
})

describe('a token with our signature', () => {
  const [signingKey] = keys.signing
  if (!signingKey) throw new Error('no key')
  const { privateKey } = ed25519Pair(signingKey.secret)
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const iat = 1_800_000_000
  const claims = { iss: issuer, aud: issuer, sub: 'user-1', client_id: 'wx1', sid: 's', jti: 'j', iat, exp: iat + 60 }

  function signed(more: object): string {
    const text = `${part({ alg: 'EdDSA', typ: 'at+jwt', kid: signingKey?.kid })}.${part({ ...claims, ...more })}`
    return `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`
  }

  it.each(['iss', 'aud', 'sub', 'client_id', 'sid', 'iat', 'exp'])(
    'but without a right %s counts for nothing',
    name => {
      expect(open().tokens.verify(signed({}))).toEqual({
        userId: 'user-1',
        appId: 'wx1',
        sessionId: 's',
        expiresAt: (iat + 60) * 1000,
      })
      for (const wrong of [undefined, null, true, [claims.sub], String(iat), {}])
        if (!(name === 'sub' || name === 'client_id' || name === 'sid') || typeof wrong !== 'string')
          expect(open().tokens.verify(signed({ [name]: wrong }))).toBeNull()
    },
  )

  it('may come from a clock that is five minutes ahead, not more', () => {
    expect(open().tokens.verify(signed({ iat: iat + 300, exp: iat + 900 }))).toMatchObject({ sessionId: 's' })
    expect(open().tokens.verify(signed({ iat: iat + 301, exp: iat + 900 }))).toBeNull()
  })
})

describe('what was verified', () => {
  const checks = () => vi.mocked(verify).mock.calls.length

  it('is remembered, so that the next request does not pay for it', () => {
    const { tokens } = open()
    const token = tokens.mint(owner)
    vi.mocked(verify).mockClear()
    for (let time = 0; time < 3; time += 1) expect(tokens.verify(token)).toMatchObject(owner)
    expect(checks()).toBe(1)
  })

  it('is forgotten, the oldest first, when there is more than can be remembered', () => {
    const { tokens } = open({ remembered: 2 })
    const [first, second, third] = [tokens.mint(owner), tokens.mint(owner), tokens.mint(owner)]
    vi.mocked(verify).mockClear()
    for (const token of [first, second, third]) tokens.verify(token)
    expect(checks()).toBe(3)
    for (const token of [second, third]) tokens.verify(token)
    expect(checks()).toBe(3)
    expect(tokens.verify(first)).toMatchObject(owner)
    expect(checks()).toBe(4)
  })

  it('is forgotten when the token is over', () => {
    const { tokens, pass } = open()
    const token = tokens.mint(owner)
    tokens.verify(token)
    pass(600_000)
    vi.mocked(verify).mockClear()
    expect(tokens.verify(token)).toBeNull()
    expect(checks()).toBe(0)
    expect(tokens.verify(token)).toBeNull()
    expect(checks()).toBe(1)
  })

  it('is forgotten when keys are replaced: a key that is gone proves nothing any more', () => {
    const { tokens } = open()
    const token = tokens.mint(owner)
    expect(tokens.verify(token)).toMatchObject(owner)
    tokens.replaceKeys(generateKeyring().signing)
    expect(tokens.verify(token)).toBeNull()
    expect(tokens.publicKeys.map(({ kid }) => kid)).not.toContain(keys.signing[0]?.kid)
  })
})

it('without a key that signs there are no tokens', () => {
  const signing = keys.signing.map(key => ({ ...key, state: 'verify-only' as const }))
  expect(() => open({ signing })).toThrow(new TypeError('"signing" must hold an active key'))
})
