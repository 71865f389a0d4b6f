import type { Strategy } from '../strategy.ts'
import { naiveDecrypt, naiveServer, naiveWechat, post } from './naive-server.ts'

/**
 * Source 001 (native): the login hands the session_key to the client, which keeps it in `globalData` and sends it to
 * `v1.0/pub/decode` with the ciphertext. "请手动输入" stands for every refusal. A failed request shows nothing.
 */
export const document001: Strategy = {
  id: '001',
  title: { zh: '001：客户端保存 session_key', en: '001: session_key kept on the client' },
  start(tools) {
    const wechat = naiveWechat(tools)
    let number: string | null = null
    const fetch = naiveServer({
      '/v1.0/pub/openId': ({ code }) => wechat.codeToSession(code),
      async '/v1.0/pub/decode'({ session_key, encrypted_data, iv }) {
        number = naiveDecrypt(session_key, iv, encrypted_data)
        return { purePhoneNumber: number }
      },
    })
    return {
      fetch,
      bound: () => number,
      open(phone) {
        const { wx, say } = phone
        const globalData: { session_key?: string | undefined } = {}
        wx.login({
          success: ({ code }) =>
            post(
              phone,
              '/v1.0/pub/openId',
              { code },
              {
                success: ({ session_key }) => {
                  globalData.session_key = session_key
                },
              },
            ),
        })
        return {
          canTap: () => true,
          phone({ detail }) {
            if (detail.errMsg === 'getPhoneNumber:fail' || !detail.iv) return say('not-shared')
            const { session_key } = globalData
            const data = { encrypted_data: detail.encryptedData, iv: detail.iv, session_key }
            post(phone, '/v1.0/pub/decode', data, {
              success: ({ purePhoneNumber }) => void (purePhoneNumber && say('done')),
            })
          },
        }
      },
    }
  },
}
