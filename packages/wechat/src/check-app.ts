import { phoneByCodeRequest, readPhoneByCode, WechatFault } from '@weapp-auth/protocol/wechat'
import { refusalFault } from './refusal-fault.ts'
import type { WechatTools } from './wechat-tools.ts'

/** What came of one question of the check. */
export type CallCheck =
  | { readonly status: 'ok' }
  | {
      readonly status: 'refused'
      readonly errcode: number
      /** WeChat's request id, to quote to its support. */
      readonly rid: string | null
      /** The address that WeChat saw, from its sentence of 40164. */
      readonly ip: string | null
    }
  /** No answer, or one that cannot be read. */
  | { readonly status: 'no-answer' }

/** How an app is set up at WeChat. `phone` is `null` when there is no token to ask with. */
export interface AppCheck {
  readonly token: CallCheck
  readonly phone: CallCheck | null
}

/** Never issued by WeChat: whoever may ask is told that it is invalid, and nothing is paid. */
const noCode = 'weapp-auth-check'
const saysOfCode = [40029, 40013, 40003]

/**
 * Asks WeChat for a token with the secret at hand, past what is kept and past any rest, and then whether the app may
 * exchange phone codes. In normal mode the answer is the token in use, so nobody is disturbed.
 */
export const createCheckApp = ({ send, appOf, deadline, now }: WechatTools) =>
  async function checkApp(appId: string): Promise<AppCheck> {
    const api = 'checkApp'
    const { freshToken } = appOf(api, appId)
    let accessToken: string
    try {
      accessToken = await freshToken()
    } catch (error) {
      return { token: checkOf(error), phone: null }
    }
    const request = phoneByCodeRequest(accessToken, { code: noCode })
    const read = (body: unknown) => readPhoneByCode(body, { appId })
    try {
      const reply = await send({ api, appId, request, read, spends: false, repeatLost: true, deadline: deadline() })
      if (reply.status === 'ok' || saysOfCode.includes(reply.refusal.errcode)) return both({ status: 'ok' })
      return both(checkOf(refusalFault(api, reply.refusal, now())))
    } catch (error) {
      return both(checkOf(error))
    }
  }

const both = (phone: CallCheck): AppCheck => ({ token: { status: 'ok' }, phone })

function checkOf(error: unknown): CallCheck {
  if (!(error instanceof WechatFault)) throw error
  const { errcode, rid = null, cause } = error
  if (errcode === undefined) return { status: 'no-answer' }
  const ip =
    errcode === 40164 && cause instanceof Error ? (/ip ([0-9a-fA-F.:]+)/.exec(cause.message)?.[1] ?? null) : null
  return { status: 'refused', errcode, rid, ip }
}
