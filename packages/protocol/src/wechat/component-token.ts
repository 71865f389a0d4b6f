import type { AppCredentials } from './app-credentials.ts'
import { readAnswer, readInteger, readText } from './read-answer.ts'
import type { WireRequest } from './wire-request.ts'

/** What allows a third-party platform (第三方平台) to call on its own behalf. */
export interface ComponentToken {
  readonly componentAccessToken: string
  /** 7,200 for a new one. */
  readonly expiresInSeconds: number
}

/**
 * getComponentAccessToken ("获取第三方平台接口调用凭据"). `ticket` is the component_verify_ticket that WeChat pushes every
 * ten minutes and that works for twelve hours.
 *
 * @example
 * componentTokenRequest({ appId, secret }, ticket).path // '/cgi-bin/component/api_component_token'
 */
export function componentTokenRequest(component: AppCredentials, ticket: string): WireRequest {
  return {
    method: 'POST',
    path: '/cgi-bin/component/api_component_token',
    query: {},
    body: {
      component_appid: component.appId,
      component_appsecret: component.secret,
      component_verify_ticket: ticket,
    },
  }
}

/**
 * Reads its answer.
 *
 * @throws WechatRefusal (40125 wrong secret, 61004 IP not allowed, 61005 ticket expired, 61006 ticket invalid, …);
 * MalformedAnswer
 *
 * @example
 * readComponentToken({ component_access_token: 'TOKEN', expires_in: 7200 }).expiresInSeconds // 7200
 */
export function readComponentToken(body: unknown): ComponentToken {
  const answer = readAnswer(body)
  return {
    componentAccessToken: readText(answer, 'component_access_token', /^[\x21-\x7e]{1,2048}$/),
    expiresInSeconds: readInteger(answer, 'expires_in', 1),
  }
}
