import { hash, type KeyObject, sign, verify } from 'node:crypto'
import { limits } from '../domain/limits.ts'
import type { Clock } from '../ports/clock.ts'
import { decodeBase64url } from './base64url.ts'
import type { SigningKey } from './keyring.ts'
import { ed25519Pair, type PublicJwk, publicJwk } from './signing-key.ts'

/** Whose token it is. */
interface AccessClaims {
  readonly userId: string
  readonly appId: string
  readonly sessionId: string
}

interface VerifiedAccess extends AccessClaims {
  /** Milliseconds. */
  readonly expiresAt: number
}

/** Makes and checks access tokens. */
export interface AccessTokens {
  mint(claims: AccessClaims): string
  /** `null` for every text that is not, letter by letter, a live token of this server. */
  verify(token: string): VerifiedAccess | null
  /** The public keys that others verify with, those that do not sign yet among them. */
  readonly publicKeys: readonly PublicJwk[]
  /** Signs with the first active of these from now on; tokens of keys that are gone are refused at once. */
  replaceKeys(signing: readonly SigningKey[]): void
}

export interface AccessTokenOptions {
  readonly signing: readonly SigningKey[]
  /** `iss`. */
  readonly issuer: string
  /** `aud`. */
  readonly audience: string
  readonly clock: Clock
  /** Makes `jti`. */
  readonly newId: () => string
  /** Verified tokens that are remembered, about 400 bytes each. Default 10000. */
  readonly remembered?: number
}

/** Seconds an access token lives. */
export const accessTokenSeconds = limits.access / 1000

/**
 * JWTs of type `at+jwt` (RFC 9068) in one fixed format: `alg` is EdDSA, and the whole header of a token is compared
 * with the headers of the known keys, so nothing in a token chooses how it is verified (RFC 8725).
 * Verification costs about 120 us, so the outcome is remembered under the token's SHA-256 until the token expires.
 *
 * @example
 * const tokens = createAccessTokens({ signing: keys.signing, issuer, audience: issuer, clock, newId })
 * tokens.verify(tokens.mint({ userId, appId, sessionId }))?.userId === userId
 */
export function createAccessTokens(options: AccessTokenOptions): AccessTokens {
  const { signing, issuer, audience, clock, newId, remembered = 10_000 } = options
  let keys = prepareAll(signing)
  const known = new Map<string, VerifiedAccess>()

  function check(token: string, now: number): VerifiedAccess | null {
    const [header = '', payload = '', signature = '', ...rest] = token.split('.')
    const publicKey = keys.verifiers.get(header)
    const bytes = decodeBase64url(signature)
    if (!publicKey || bytes?.length !== 64 || rest.length > 0) return null
    if (!verify(null, Buffer.from(`${header}.${payload}`), publicKey, bytes)) return null
    return readClaims(payload, { issuer, audience, now })
  }

  function remember(name: string, verified: VerifiedAccess): void {
    known.set(name, verified)
    for (const oldest of known.keys()) {
      if (known.size <= remembered) return
      known.delete(oldest)
    }
  }

  return {
    get publicKeys() {
      return keys.published
    },
    replaceKeys(next) {
      keys = prepareAll(next)
      known.clear()
    },
    mint({ userId, appId, sessionId }) {
      const iat = Math.floor(clock.now() / 1000)
      const exp = iat + accessTokenSeconds
      const claims = {
        iss: issuer,
        aud: audience,
        sub: userId,
        client_id: appId,
        sid: sessionId,
        jti: newId(),
        iat,
        exp,
      }
      const { signer } = keys
      const text = `${signer.header}.${base64url(JSON.stringify(claims))}`
      return `${text}.${sign(null, Buffer.from(text), signer.privateKey).toString('base64url')}`
    },
    verify(token) {
      if (token.length > 2048) return null
      const now = clock.now()
      const name = hash('sha256', token, 'base64')
      const verified = known.get(name) ?? check(token, now)
      if (!verified || verified.expiresAt <= now) {
        known.delete(name)
        return null
      }
      remember(name, verified)
      return verified
    },
  }
}

function prepareAll(signing: readonly SigningKey[]) {
  const keys = signing.filter(key => key.state !== 'retired').map(prepare)
  const signer = keys.find(key => key.state === 'active')
  if (!signer) throw new TypeError('"signing" must hold an active key')
  return {
    signer,
    verifiers: new Map(keys.map(key => [key.header, key.publicKey])),
    published: keys.map(key => publicJwk(key.kid, key.publicKey)),
  }
}

function prepare({ kid, secret, state }: SigningKey): {
  readonly kid: string
  readonly state: string
  readonly header: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
} {
  const header = base64url(JSON.stringify({ alg: 'EdDSA', typ: 'at+jwt', kid }))
  return { kid, state, header, ...ed25519Pair(secret) }
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url')
}

/** Reads the claims of a token whose signature is right; still refuses what a token of ours never says. */
function readClaims(
  payload: string,
  expected: { readonly issuer: string; readonly audience: string; readonly now: number },
): VerifiedAccess | null {
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Readonly<Record<string, unknown>>
  const { iss, aud, sub, client_id: appId, sid, iat, exp } = claims
  if (iss !== expected.issuer || aud !== expected.audience) return null
  if (typeof sub !== 'string' || typeof appId !== 'string' || typeof sid !== 'string') return null
  if (typeof iat !== 'number' || typeof exp !== 'number') return null
  if (iat * 1000 > expected.now + limits.clockSkew) return null
  return { userId: sub, appId, sessionId: sid, expiresAt: exp * 1000 }
}
