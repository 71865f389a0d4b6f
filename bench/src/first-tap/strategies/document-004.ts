import type { Strategy } from '../strategy.ts'
import { naiveDecrypt, naiveServer, naiveWechat, post } from './naive-server.ts'

/**
 * Source 004: everything inside of the callback: `wx.login`, exchange, session_key to the client's storage,
 * `checkSession`, then ciphertext and key to the server. Where something fails the document has nothing or a comment.
 */
export const document004: Strategy = {
  id: '004',
  title: { zh: '004：回调里才登录', en: '004: login inside the callback' },
  start(tools) {
    const wechat = naiveWechat(tools)
    let number: string | null = null
    const fetch = naiveServer({
      '/session': ({ code }) => wechat.codeToSession(code),
      async '/decrypt'({ session_key, encryptedData, iv }) {
        number = naiveDecrypt(session_key, iv, encryptedData)
        return { mobile: number }
      },
    })
    return {
      fetch,
      bound: () => number,
      open(phone) {
        const { wx, say } = phone
        const decrypt = (encryptedData: string | undefined, iv: string | undefined) => {
          const { session_key } = wx.getStorageSync('userphoneKey') as { readonly session_key?: string }
          post(
            phone,
            '/decrypt',
            { session_key, encryptedData, iv },
            {
              success: ({ mobile }) => void (mobile && say('done')),
            },
          )
        }
        return {
          canTap: () => true,
          phone({ detail: { errMsg, encryptedData, iv } }) {
            if (errMsg === 'getPhoneNumber:fail user deny') return say('declined')
            wx.login({
              success: ({ code }) =>
                post(
                  phone,
                  '/session',
                  { code },
                  {
                    success(userphone) {
                      wx.setStorageSync('userphoneKey', userphone)
                      if (errMsg === 'getPhoneNumber:ok')
                        wx.checkSession({ success: () => decrypt(encryptedData, iv), fail() {} })
                    },
                  },
                ),
            })
          },
        }
      },
    }
  },
}
