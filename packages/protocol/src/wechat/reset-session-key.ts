import { type HeldSession, sessionProof } from './check-session.ts'
import { readAnswer, readText, sessionKeyForm, userIdForm } from './read-answer.ts'
import type { WireRequest } from './wire-request.ts'

/**
 * ResetUserSessionKey ("重置登录态"): replaces a session_key. The new one keeps the expiry of the old one, which dies.
 *
 * @example
 * resetSessionKeyRequest(accessToken, { openId, sessionKey }).path // '/wxa/resetusersessionkey'
 */
export function resetSessionKeyRequest(accessToken: string, session: HeldSession): WireRequest {
  return { method: 'GET', path: '/wxa/resetusersessionkey', query: sessionProof(accessToken, session) }
}

/**
 * Reads the answer: the session with its new key.
 *
 * @throws WechatRefusal (87007, 87008, 87009, 45011 too often, …); MalformedAnswer
 *
 * @example
 * readResetSessionKey({ errcode: 0, errmsg: 'ok', openid: 'oGZUI0egBJY1zhBYw2KhdUfwVJJE', session_key: sessionKey })
 */
export function readResetSessionKey(body: unknown): HeldSession {
  const answer = readAnswer(body)
  return {
    openId: readText(answer, 'openid', userIdForm),
    sessionKey: readText(answer, 'session_key', sessionKeyForm),
  }
}
