import { errors, type JWTPayload, jwtVerify } from 'jose'
import { type Authenticated, createAuthenticate, type RequestHeaders } from './authenticate.ts'
import { createKeySet } from './key-set.ts'
import { createLiveCheck, type IntrospectOptions } from './live-check.ts'
import type { Fetch } from './read-json.ts'
import { VerifierFault } from './verifier-fault.ts'

/** Whose token it is. */
export interface TokenUser {
  /** Stable id of the user, the key for your own tables. */
  readonly userId: string
  /** The mini program the user came with. */
  readonly appId: string
  readonly sessionId: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/**
 * Why a token is refused: not a JWT of ours, `alg` other than EdDSA, no such key, a wrong signature, `typ` other than
 * `at+jwt`, of another issuer, for another audience, over, without a claim it must have, of a session that ended.
 */
export type TokenFlaw =
  | 'malformed'
  | 'algorithm'
  | 'key-unknown'
  | 'signature'
  | 'type'
  | 'issuer'
  | 'audience'
  | 'expired'
  | 'claims'
  | 'revoked'

/** What is to be said of a token. */
export type Verified =
  | ({ readonly status: 'valid' } & TokenUser)
  | { readonly status: 'invalid'; readonly reason: TokenFlaw }

/** Knows the sessions that ended before their access tokens. */
export interface RevocationSource {
  /** `null` when nobody can say. Must not reject. */
  isRevoked(sessionId: string): Promise<boolean | null>
}

/** What a verifier is made of. */
export interface TokenVerifierOptions {
  /** The URL that the server was given as its issuer, letter by letter. */
  readonly issuer: string
  /** Who the tokens are for. Default: `issuer`, like in the server. */
  readonly audience?: string
  /** Where the public keys are. Default: `/.well-known/jwks.json` under the issuer. */
  readonly jwks?: string
  /** Ask the server whether the session is still live. Default: no; a session that ended passes until its token expires, at most 10 minutes. */
  readonly introspect?: IntrospectOptions
  /**
   * Where sessions that ended are published: `revocations` of `createSharedState` in `@weapp-auth/server/redis`, for a
   * refusal at once. It only ever refuses; while it cannot say, `introspect` decides, and without that the token passes.
   * Default: none.
   */
  readonly revocations?: RevocationSource
  /** By how much this machine's clock may be wrong, 0 to 300000 milliseconds. Default 30000. */
  readonly clockSkewMs?: number
  /** Default: the system's clock. */
  readonly clock?: { now(): number }
  /** Default: the global one. `server.fetch` when the server is in the same process. */
  readonly fetch?: Fetch
}

/** Verifies access tokens of one server. */
export interface TokenVerifier {
  /**
   * Never rejects because of the token.
   *
   * @throws VerifierFault when the server cannot be asked.
   */
  verify(token: string): Promise<Verified>
  /**
   * Whose request it is, by its `authorization` header; or the answer to refuse it with (RFC 6750).
   *
   * @throws VerifierFault when the server cannot be asked.
   */
  authenticate(headers: RequestHeaders): Promise<Authenticated>
}

/** Longer texts are not looked at. */
const longest = 2048
/**
 * The last letter of a signature of 64 bytes has four bits that say nothing. `jose` ignores them and white space, so one
 * token would have many spellings, and pass a list that remembers refused tokens by their text.
 */
const oneSpelling = /^[\w-]+\.[\w-]+\.[\w-]{85}[AQgw]$/

/**
 * Verifies access tokens as RFC 9068 and RFC 8725 want it: nothing in a token chooses how it is verified.
 *
 * @throws TypeError `"issuer" must be …` and the like.
 *
 * @example
 * const verifier = createTokenVerifier({ issuer: 'https://auth.example.com' })
 * const outcome = await verifier.verify(token)
 * if (outcome.status === 'valid') show(outcome.userId)
 */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { issuer, audience = issuer, introspect, revocations } = checked(options)
  const { clockSkewMs = 30_000, clock = systemClock } = options
  const { fetch = request => globalThis.fetch(request), jwks = under(issuer, '/.well-known/jwks.json') } = options
  const findKey = createKeySet({ url: jwks, clock, fetch })
  const isLive = introspect && openLiveCheck(introspect, { issuer, clock, fetch })

  async function check(token: string): Promise<JWTPayload | TokenFlaw> {
    if (typeof token !== 'string' || token.length > longest) return 'malformed'
    try {
      const { payload } = await jwtVerify(token, findKey, {
        algorithms: ['EdDSA'],
        typ: 'at+jwt',
        issuer,
        audience,
        currentDate: new Date(clock.now()),
        clockTolerance: clockSkewMs / 1000,
        requiredClaims: ['exp'],
      })
      return oneSpelling.test(token) ? payload : 'malformed'
    } catch (error) {
      return flawOf(error)
    }
  }

  async function verify(token: string): Promise<Verified> {
    const payload = await check(token)
    if (typeof payload === 'string') return { status: 'invalid', reason: payload }
    const { sub: userId, client_id: appId, sid: sessionId, exp = 0 } = payload
    if (typeof userId !== 'string' || typeof appId !== 'string' || typeof sessionId !== 'string')
      return { status: 'invalid', reason: 'claims' }
    if (revocations && (await revocations.isRevoked(sessionId))) return { status: 'invalid', reason: 'revoked' }
    if (isLive && !(await isLive(token, { userId, sessionId }))) return { status: 'invalid', reason: 'revoked' }
    return { status: 'valid', userId, appId, sessionId, expiresAt: exp * 1000 }
  }

  return { verify, authenticate: createAuthenticate(verify) }
}

const systemClock = { now: () => Date.now() }

function under(issuer: string, path: string): string {
  return `${issuer.replace(/\/$/, '')}${path}`
}

function openLiveCheck(
  { id, secret, cacheMs = 2000, url }: IntrospectOptions,
  { issuer, clock, fetch }: { issuer: string; clock: { now(): number }; fetch: Fetch },
) {
  return createLiveCheck({ url: url ?? under(issuer, '/v1/introspect'), id, secret, cacheMs, clock, fetch })
}

function flawOf(error: unknown): TokenFlaw {
  if (error instanceof errors.JWTExpired) return 'expired'
  if (error instanceof errors.JWTClaimValidationFailed) return flawedClaims[error.claim] ?? 'claims'
  if (error instanceof errors.JOSEAlgNotAllowed) return 'algorithm'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature'
  if (error instanceof errors.JWKSNoMatchingKey) return 'key-unknown'
  if (error instanceof errors.JOSEError && !isAboutKeys(error)) return 'malformed'
  throw error instanceof VerifierFault ? error : new VerifierFault('keys_unavailable', error)
}

/** Says something of the published keys, nothing of the token. */
function isAboutKeys(error: unknown): boolean {
  return error instanceof errors.JWKSInvalid || error instanceof errors.JWKSMultipleMatchingKeys
}

const flawedClaims: Readonly<Record<string, TokenFlaw>> = { typ: 'type', iss: 'issuer', aud: 'audience' }

function checked(options: TokenVerifierOptions): TokenVerifierOptions {
  const { issuer, audience, jwks, introspect, clockSkewMs = 0 } = options
  if (!isUrl(issuer))
    throw new TypeError('"issuer" must be a URL without query and fragment, such as https://auth.example.com')
  if (audience !== undefined && (typeof audience !== 'string' || audience === ''))
    throw new TypeError('"audience" must be text that is not empty')
  if (jwks !== undefined && !isUrl(jwks)) throw new TypeError('"jwks" must be a URL')
  if (!(clockSkewMs >= 0 && clockSkewMs <= 300_000)) throw new TypeError('"clockSkewMs" must be 0 to 300000')
  if (options.revocations !== undefined && typeof options.revocations?.isRevoked !== 'function')
    throw new TypeError('"revocations" must be a source of sessions that ended')
  if (introspect === undefined) return options
  const { id, secret, cacheMs = 0, url } = introspect
  if (typeof id !== 'string' || id === '') throw new TypeError('"introspect.id" must be text that is not empty')
  if (typeof secret !== 'string' || secret === '')
    throw new TypeError('"introspect.secret" must be text that is not empty')
  if (!(cacheMs >= 0 && cacheMs <= 600_000)) throw new TypeError('"introspect.cacheMs" must be 0 to 600000')
  if (url !== undefined && !isUrl(url)) throw new TypeError('"introspect.url" must be a URL')
  return options
}

function isUrl(text: unknown): boolean {
  return typeof text === 'string' && /^https?:\/\/[^\s?#]+$/.test(text)
}
