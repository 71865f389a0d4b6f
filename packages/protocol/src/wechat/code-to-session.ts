import type { AppCredentials } from './app-credentials.ts'
import type { CodeSession } from './outcomes.ts'
import { type Answer, readAnswer, readText, sessionKeyForm, userIdForm } from './read-answer.ts'
import type { WireRequest } from './wire-request.ts'

/**
 * code2Session: exchanges the code of `wx.login` ("小程序登录"). GET, with the app secret in the query.
 *
 * @example
 * codeToSessionRequest({ appId, secret }, code).path // '/sns/jscode2session'
 */
export function codeToSessionRequest(app: AppCredentials, code: string): WireRequest {
  const query = { appid: app.appId, secret: app.secret, js_code: code, grant_type: 'authorization_code' }
  return { method: 'GET', path: '/sns/jscode2session', query }
}

/** A third-party platform that acts for mini programs. */
export interface ComponentCredentials {
  readonly componentAppId: string
  readonly componentAccessToken: string
}

/**
 * thirdpartyCode2Session: the same exchange by a third-party platform; the answer is read by {@link readCodeToSession}.
 *
 * @example
 * componentCodeToSessionRequest({ componentAppId, componentAccessToken }, appId, code)
 */
export function componentCodeToSessionRequest(
  component: ComponentCredentials,
  appId: string,
  code: string,
): WireRequest {
  return {
    method: 'GET',
    path: '/sns/component/jscode2session',
    query: {
      appid: appId,
      js_code: code,
      grant_type: 'authorization_code',
      component_appid: component.componentAppId,
      component_access_token: component.componentAccessToken,
    },
  }
}

/**
 * Reads the answer to either request. `expires_in`, which old accounts still get, means nothing and is ignored.
 *
 * @throws WechatRefusal (40029 code invalid, 40163 code used, 40226 user blocked, 45011 too often, …); MalformedAnswer
 *
 * @example
 * readCodeToSession({ openid: 'oGZUI0egBJY1zhBYw2KhdUfwVJJE', session_key: 'tiihtNczf5v6AKRyjwEUhQ==' }).unionId // null
 */
export function readCodeToSession(body: unknown): CodeSession {
  const answer = readAnswer(body)
  return {
    openId: readText(answer, 'openid', userIdForm),
    sessionKey: readText(answer, 'session_key', sessionKeyForm),
    unionId: readUnionId(answer),
  }
}

/** Absent when the mini program is not bound to an open-platform account; empty or null means the same. */
function readUnionId(answer: Answer): string | null {
  const { unionid = null } = answer
  return unionid === null || unionid === '' ? null : readText(answer, 'unionid', userIdForm)
}
