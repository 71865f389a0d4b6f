import type { AppCredentials } from './app-credentials.ts'
import { readAnswer, readInteger, readText } from './read-answer.ts'
import type { WireRequest } from './wire-request.ts'

/** What allows calls of the server API for one mini program. */
export interface AccessToken {
  /** Opaque. WeChat asks for room for at least 512 characters. */
  readonly accessToken: string
  /** What is left of its life when the answer is made: 7,200 for a new one, never under 300 for a stable one. */
  readonly expiresInSeconds: number
}

/**
 * getStableAccessToken ("获取稳定版接口调用凭据"): the same token for everyone who asks, until it is renewed.
 * `forceRefresh` (default false) kills the present token at once; 20 times a day, 30 seconds apart.
 *
 * @example
 * stableTokenRequest({ appId, secret }).path // '/cgi-bin/stable_token'
 */
export function stableTokenRequest(
  app: AppCredentials,
  { forceRefresh = false }: { readonly forceRefresh?: boolean } = {},
): WireRequest {
  const body = { grant_type: 'client_credential', appid: app.appId, secret: app.secret, force_refresh: forceRefresh }
  return { method: 'POST', path: '/cgi-bin/stable_token', query: {}, body }
}

/**
 * getAccessToken ("获取接口调用凭据"): each call replaces the token, the former one works for five more minutes.
 * Its tokens and the stable ones do not disturb each other.
 *
 * @example
 * accessTokenRequest({ appId, secret }).path // '/cgi-bin/token'
 */
export function accessTokenRequest(app: AppCredentials): WireRequest {
  const query = { grant_type: 'client_credential', appid: app.appId, secret: app.secret }
  return { method: 'GET', path: '/cgi-bin/token', query }
}

/**
 * Reads the answer to either request.
 *
 * @throws WechatRefusal (40125 wrong secret, 40164 IP not allowed, 45009 daily limit, …); MalformedAnswer
 *
 * @example
 * readAccessToken({ access_token: 'ACCESS_TOKEN', expires_in: 7200 }).expiresInSeconds // 7200
 */
export function readAccessToken(body: unknown): AccessToken {
  const answer = readAnswer(body)
  return {
    accessToken: readText(answer, 'access_token', /^[\x21-\x7e]{1,2048}$/),
    expiresInSeconds: readInteger(answer, 'expires_in', 1),
  }
}
