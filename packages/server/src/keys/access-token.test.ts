import { createHmac, randomBytes } from 'node:crypto'
import { calculateJwkThumbprint, createLocalJWKSet, jwtVerify, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { createAccessTokens } from './access-token.ts'
import { generateKeyring } from './keyring.ts'
import { ed25519Pair } from './signing-key.ts'

const issuer = 'https://auth.example.com'
const keys = generateKeyring()
const owner = { userId: 'user-1', appId: 'wx0000000000000001', sessionId: 'session-1' }

function open({ signing = keys.signing, audience = issuer, from = issuer } = {}) {
  let now = 1_800_000_000_000
  let ids = 0
  const newId = () => {
    ids += 1
    return `id-${ids}`
  }
  const tokens = createAccessTokens({ signing, issuer: from, audience, clock: { now: () => now }, newId })
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
})
