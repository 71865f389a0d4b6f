import { readAnswer } from './read-answer.ts'
import { sessionSignature } from './session-signature.ts'
import { WechatRefusal } from './wechat-refusal.ts'
import type { WireRequest } from './wire-request.ts'

/**
 * checkSessionKey ("检验登录态"): asks whether a session_key is still the valid one. The key itself is not sent,
 * only its signature of the empty text.
 *
 * @example
 * checkSessionRequest(accessToken, { openId, sessionKey }).path // '/wxa/checksession'
 */
export function checkSessionRequest(accessToken: string, session: HeldSession): WireRequest {
  return { method: 'GET', path: '/wxa/checksession', query: sessionProof(accessToken, session) }
}

/** A session_key that we hold, and whose it is. */
export interface HeldSession {
  readonly openId: string
  readonly sessionKey: string
}

/** The query that proves possession of a session_key; shared with ResetUserSessionKey. */
export function sessionProof(accessToken: string, { openId, sessionKey }: HeldSession) {
  return {
    access_token: accessToken,
    openid: openId,
    signature: sessionSignature(sessionKey),
    sig_method: 'hmac_sha256',
  }
}

/** 87009: the signature was not made with the valid key; 87007: there is no valid key any more. */
const staleKeyCodes = [87007, 87009]

/**
 * Reads the answer: true when the key is valid, false on errcode 87009 or 87007.
 *
 * @throws WechatRefusal for every other errcode; MalformedAnswer
 *
 * @example
 * readCheckSession({ errcode: 87009, errmsg: 'invalid signature' }) // false
 */
export function readCheckSession(body: unknown): boolean {
  try {
    readAnswer(body)
    return true
  } catch (error) {
    if (error instanceof WechatRefusal && staleKeyCodes.includes(error.errcode)) return false
    throw error
  }
}
