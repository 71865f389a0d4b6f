import type { Strategy } from '../strategy.ts'
import { naiveDecrypt, naiveServer, naiveWechat, post } from './naive-server.ts'

/**
 * Source 000 (uni-app): the login sends its code to the server, which keeps openid and session_key behind a token; the
 * callback of the button asks `checkSession` and sends `encrypted_data` and `iv`, or logs in again and forgets the data.
 * In doubt for the document: the login runs at launch, and "解密成功" is shown only when there is a number.
 */
export const document000: Strategy = {
  id: '000',
  title: { zh: '000：回调里 checkSession', en: '000: checkSession in the callback' },
  start(tools) {
    const wechat = naiveWechat(tools)
    const sessions = new Map<string, string>()
    let number: string | null = null
    const fetch = naiveServer({
      async '/openid'({ code }) {
        const { openid, session_key } = await wechat.codeToSession(code)
        sessions.set(openid, session_key)
        return { token: openid }
      },
      async '/decrypt'({ encrypted_data, iv }, token) {
        number = naiveDecrypt(sessions.get(token), iv, encrypted_data)
        return { phone: number }
      },
    })
    return {
      fetch,
      bound: () => number,
      open(phone) {
        const { wx, say } = phone
        const wxlogin = () =>
          wx.login({
            success: ({ code }) =>
              post(phone, '/openid', { code }, { success: ({ token }) => token && wx.setStorageSync('token', token) }),
          })
        wxlogin()
        return {
          canTap: () => true,
          phone: ({ detail }) =>
            wx.checkSession({
              success() {
                if (detail.errMsg === 'getPhoneNumber:fail user deny') return say('declined')
                const data = { encrypted_data: detail.encryptedData, iv: detail.iv }
                post(phone, '/decrypt', data, {
                  token: String(wx.getStorageSync('token')),
                  success: ({ phone: found }) => say(found ? 'done' : 'tap-again'),
                  fail: () => say('tap-again'),
                })
              },
              fail: () => wxlogin(),
            }),
        }
      },
    }
  },
}
