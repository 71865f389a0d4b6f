import { isRecord } from './is-record.ts'
import { MalformedAnswer } from './malformed-answer.ts'
import { WechatRefusal } from './wechat-refusal.ts'

/** A parsed answer of WeChat's server API that is not an error. */
export type Answer = Readonly<Record<string, unknown>>

/**
 * Errors come as HTTP 200 with `errcode` and `errmsg`; on success `errcode` is 0 or absent.
 *
 * @throws WechatRefusal when errcode is not 0; MalformedAnswer when the body is no object or errcode no integer.
 */
export function readAnswer(body: unknown): Answer {
  if (!isRecord(body)) throw new MalformedAnswer('body')
  const { errcode = 0, errmsg } = body
  if (typeof errcode !== 'number' || !Number.isSafeInteger(errcode)) throw new MalformedAnswer('errcode')
  if (errcode !== 0) throw new WechatRefusal(errcode, typeof errmsg === 'string' ? errmsg : '')
  return body
}

/** The text field of this form. @throws MalformedAnswer */
export function readText(answer: Answer, field: string, form: RegExp): string {
  const value = answer[field]
  if (typeof value !== 'string' || !form.test(value)) throw new MalformedAnswer(field)
  return value
}

/** The whole number that is at least `least`. @throws MalformedAnswer */
export function readInteger(answer: Answer, field: string, least: number): number {
  const value = answer[field]
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least) throw new MalformedAnswer(field)
  return value
}

/** openid and unionid: opaque, 28 characters today. */
export const userIdForm = /^[\w-]{1,128}$/

/** session_key: canonical Base64 of 16 bytes. */
export const sessionKeyForm = /^[A-Za-z0-9+/]{21}[AQgw]==$/
