import {
  type CheckEncryptedDataOutcome,
  checkEncryptedDataRequest,
  readCheckEncryptedData,
} from '@weapp-auth/protocol/wechat'
import { refusalFault } from './refusal-fault.ts'
import { type WechatTools, withAccessToken } from './wechat-tools.ts'

const api = 'checkEncryptedData'

/** Asks whether WeChat made this ciphertext in the last three days. Only its SHA-256 is sent. */
export const createCheckEncryptedData = ({ send, appOf, deadline, now }: WechatTools) =>
  async function checkEncryptedData(input: {
    readonly appId: string
    readonly encryptedData: string
  }): Promise<CheckEncryptedDataOutcome> {
    const { appId, encryptedData } = input
    const { token } = appOf(api, appId)
    const until = deadline()
    const reply = await withAccessToken(token, accessToken => {
      const request = checkEncryptedDataRequest(accessToken, encryptedData)
      const read = readCheckEncryptedData
      return send({ api, appId, request, read, spends: false, repeatLost: true, deadline: until })
    })
    if (reply.status === 'ok') return reply.value
    throw refusalFault(api, reply.refusal, now())
  }
