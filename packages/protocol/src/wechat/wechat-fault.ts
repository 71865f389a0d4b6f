/**
 * - `unavailable`: no answer (connection refused, DNS, time-out) or errcode -1 after all retries;
 * - `bad-answer`: an answer that is not what the protocol promises;
 * - `limited`: errcode 45009 or 45011;
 * - `unauthorized`: the mini program has not authorized the third-party platform that acts for it, or no longer does;
 * - `misconfigured`: app id, secret, allow list or permission is wrong; retrying cannot help.
 */
export type WechatFaultCode = 'unavailable' | 'bad-answer' | 'limited' | 'unauthorized' | 'misconfigured'

/**
 * Something between us and WeChat is broken. Carries no secret: neither URL nor body of the request.
 *
 * @example
 * throw new WechatFault('limited', { api: 'codeToSession', errcode: 45011, retryAfterMs: 30_000 })
 */
export class WechatFault extends Error {
  override readonly name = 'WechatFault'
  readonly code: WechatFaultCode
  /** Our name of the call, such as `codeToSession`. */
  readonly api: string
  readonly errcode: number | undefined
  /** WeChat's request id, such as `6129ee10-272863a4-64d75414`, to quote to its support. */
  readonly rid: string | undefined
  readonly retryAfterMs: number | undefined
  /** True when the request may have had its effect although no answer came. */
  readonly mayHaveHappened: boolean

  constructor(
    code: WechatFaultCode,
    details: {
      readonly api: string
      readonly errcode?: number
      readonly rid?: string
      readonly retryAfterMs?: number
      readonly mayHaveHappened?: boolean
      readonly cause?: unknown
    },
  ) {
    const { api, errcode, rid, retryAfterMs, mayHaveHappened = false, cause } = details
    super(`${api}: ${code}${errcode === undefined ? '' : ` (errcode ${errcode})`}`, { cause })
    this.code = code
    this.api = api
    this.errcode = errcode
    this.rid = rid
    this.retryAfterMs = retryAfterMs
    this.mayHaveHappened = mayHaveHappened
  }
}
