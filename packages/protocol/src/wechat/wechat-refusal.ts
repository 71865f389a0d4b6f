import { parseErrmsg } from './parse-errmsg.ts'

/** Longer texts are cut; every known one is shorter than 120 characters. */
const maxLength = 300

/**
 * WeChat answered with an errcode other than 0. Holds WeChat's words only, nothing of the request.
 *
 * @example
 * try {
 *   readCodeToSession(body)
 * } catch (error) {
 *   if (error instanceof WechatRefusal && error.errcode === 40029) askForANewCode()
 * }
 */
export class WechatRefusal extends Error {
  override readonly name = 'WechatRefusal'
  readonly code = 'wechat_refusal'
  readonly errcode: number
  /** WeChat's text without ids and control characters. */
  readonly errmsg: string
  /** Request id, to quote to WeChat. */
  readonly rid: string | undefined
  readonly hint: string | undefined

  constructor(errcode: number, errmsg: string) {
    const { text, rid, hint } = parseErrmsg(errmsg.slice(0, maxLength).replace(/\p{Cc}+/gu, ' '))
    super(`errcode ${errcode}: ${text}`)
    this.errcode = errcode
    this.errmsg = text
    this.rid = rid
    this.hint = hint
  }
}
