import { checkSessionRequest, readCheckSession } from '@weapp-auth/protocol/wechat'
import { refusalFault } from './refusal-fault.ts'
import { type WechatTools, withAccessToken } from './wechat-tools.ts'

const api = 'checkSession'

/** Asks whether `sessionKey` is still the valid one of this user. It is not sent: a signature made with it is. */
export const createCheckSession = ({ send, appOf, deadline, now }: WechatTools) =>
  async function checkSession(input: {
    readonly appId: string
    readonly openId: string
    readonly sessionKey: string
  }): Promise<boolean> {
    const { appId, openId, sessionKey } = input
    const { token } = appOf(api, appId)
    const until = deadline()
    const reply = await withAccessToken(token, accessToken => {
      const request = checkSessionRequest(accessToken, { openId, sessionKey })
      return send({ api, appId, request, read: readCheckSession, spends: false, repeatLost: true, deadline: until })
    })
    if (reply.status === 'ok') return reply.value
    throw refusalFault(api, reply.refusal, now())
  }
