import {
  type PhoneByCodeOutcome,
  phoneByCodeRequest,
  readPhoneByCode,
  type WechatPhone,
} from '@weapp-auth/protocol/wechat'
import { isCode } from './is-code.ts'
import { refusalFault, saidNo } from './refusal-fault.ts'
import type { Refusal } from './send.ts'
import { type WechatTools, withAccessToken } from './wechat-tools.ts'

const api = 'phoneByCode'

/**
 * Exchanges a phone code. A request that may have arrived is never repeated: the code works once, and a second
 * request would turn a success into "invalid code". The fault then says `mayHaveHappened`.
 */
export const createPhoneByCode = ({ send, appOf, deadline, now }: WechatTools) =>
  async function phoneByCode(input: {
    readonly appId: string
    readonly code: string
    readonly openId: string
  }): Promise<PhoneByCodeOutcome> {
    const { appId, code, openId } = input
    const { token, sendOpenId } = appOf(api, appId)
    if (!isCode(code)) return { status: 'code-invalid' }
    const until = deadline()
    const read = (body: unknown): WechatPhone => readPhoneByCode(body, { appId })
    const reply = await withAccessToken(token, accessToken => {
      const request = phoneByCodeRequest(accessToken, sendOpenId ? { code, openId } : { code })
      return send({ api, appId, request, read, spends: true, repeatLost: false, deadline: until })
    })
    return reply.status === 'ok' ? { status: 'ok', phone: reply.value } : outcomeOf(reply.refusal, now())
  }

/** The token is this app's own, so 40013 (app id) and 40003 (openid) can only speak of the code. */
function outcomeOf(refusal: Refusal, now: number): PhoneByCodeOutcome {
  if ([40029, 40013, 40003].includes(refusal.errcode)) return { status: 'code-invalid', ...saidNo(refusal) }
  throw refusalFault(api, refusal, now)
}
