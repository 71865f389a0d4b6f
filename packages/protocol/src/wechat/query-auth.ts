import type { ComponentCredentials } from './code-to-session.ts'
import { isRecord } from './is-record.ts'
import { MalformedAnswer } from './malformed-answer.ts'
import { readAnswer, readText } from './read-answer.ts'
import type { WireRequest } from './wire-request.ts'

/** What a mini program gave a third-party platform. */
export interface ComponentAuthorization {
  readonly appId: string
  /** For {@link authorizerTokenRequest}. It ends the one of any authorization before. */
  readonly refreshToken: string
}

/**
 * getAuthorizerRefreshToken ("获取刷新令牌"): exchanges the authorization code that WeChat pushes, or that comes back from
 * the authorization page. A code works once.
 *
 * @example
 * queryAuthRequest({ componentAppId, componentAccessToken }, code).path // '/cgi-bin/component/api_query_auth'
 */
export function queryAuthRequest(component: ComponentCredentials, code: string): WireRequest {
  return {
    method: 'POST',
    path: '/cgi-bin/component/api_query_auth',
    query: { access_token: component.componentAccessToken },
    body: { component_appid: component.componentAppId, authorization_code: code },
  }
}

/**
 * Reads its answer.
 *
 * @throws WechatRefusal (61009 code invalid or used, 61010 code expired, …); MalformedAnswer
 *
 * @example
 * readComponentAuthorization(body).refreshToken // keep it sealed
 */
export function readComponentAuthorization(body: unknown): ComponentAuthorization {
  const { authorization_info: info } = readAnswer(body)
  if (!isRecord(info)) throw new MalformedAnswer('authorization_info')
  return {
    appId: readText(info, 'authorizer_appid', /^[\w-]{1,64}$/),
    refreshToken: readText(info, 'authorizer_refresh_token', /^[\x21-\x7e]{1,2048}$/),
  }
}
