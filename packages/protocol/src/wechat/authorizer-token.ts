import type { ComponentCredentials } from './code-to-session.ts'
import { readAnswer, readInteger, readText } from './read-answer.ts'
import type { WireRequest } from './wire-request.ts'

/** What allows a third-party platform to call for one mini program. */
export interface AuthorizerToken {
  readonly accessToken: string
  readonly expiresInSeconds: number
  /** Takes the place of the one that was sent. */
  readonly refreshToken: string
}

/**
 * getAuthorizerAccessToken ("获取授权账号调用令牌"): the access_token of a mini program that authorized the platform.
 *
 * @example
 * authorizerTokenRequest({ componentAppId, componentAccessToken }, { appId, refreshToken })
 */
export function authorizerTokenRequest(
  component: ComponentCredentials,
  authorizer: { readonly appId: string; readonly refreshToken: string },
): WireRequest {
  return {
    method: 'POST',
    path: '/cgi-bin/component/api_authorizer_token',
    query: { access_token: component.componentAccessToken },
    body: {
      component_appid: component.componentAppId,
      authorizer_appid: authorizer.appId,
      authorizer_refresh_token: authorizer.refreshToken,
    },
  }
}

/**
 * Reads its answer.
 *
 * @throws WechatRefusal (61003 not authorized, 61023 refresh token invalid, …); MalformedAnswer
 *
 * @example
 * readAuthorizerToken(body).refreshToken // keep it
 */
export function readAuthorizerToken(body: unknown): AuthorizerToken {
  const answer = readAnswer(body)
  return {
    accessToken: readText(answer, 'authorizer_access_token', tokenForm),
    expiresInSeconds: readInteger(answer, 'expires_in', 1),
    refreshToken: readText(answer, 'authorizer_refresh_token', tokenForm),
  }
}

const tokenForm = /^[\x21-\x7e]{1,2048}$/
