import type { Strategy } from '../strategy.ts'
import { naiveDecrypt, naiveServer, naiveWechat, post } from './naive-server.ts'

/**
 * Source 003, first design: every `onShow` of the login page logs in and sends the code to `/code2Session`, which stores
 * the session_key by openid; the callback sends openid, ciphertext and iv to `/getWXUserPhone`. Only `:ok` is handled.
 */
export const document003a: Strategy = {
  id: '003a',
  title: { zh: '003a：onShow 登录', en: '003a: login in onShow' },
  start(tools) {
    const wechat = naiveWechat(tools)
    const users = new Map<string, string>()
    let number: string | null = null
    const fetch = naiveServer({
      async '/code2Session'({ jsCode }) {
        const { openid, session_key } = await wechat.codeToSession(jsCode)
        users.set(openid, session_key)
        return { openid }
      },
      async '/getWXUserPhone'({ openid = '', encryptedData, iv }) {
        number = naiveDecrypt(users.get(openid), iv, encryptedData)
        return { purePhoneNumber: number }
      },
    })
    return {
      fetch,
      bound: () => number,
      open(phone) {
        const { wx, say } = phone
        const data: { openid?: string | undefined } = {}
        wx.onAppShow(() => {
          if (wx.getStorageSync('purePhoneNumber') !== '') return
          wx.login({
            success: ({ code }) =>
              post(
                phone,
                '/code2Session',
                { jsCode: code },
                {
                  success({ openid }) {
                    data.openid = openid
                  },
                },
              ),
          })
        })
        return {
          canTap: () => true,
          phone({ detail }) {
            if (detail.errMsg !== 'getPhoneNumber:ok') return
            const { encryptedData, iv } = detail
            post(
              phone,
              '/getWXUserPhone',
              { encryptedData, openid: data.openid, iv },
              {
                success({ purePhoneNumber }) {
                  if (!purePhoneNumber) return
                  wx.setStorageSync('purePhoneNumber', purePhoneNumber)
                  say('done')
                },
              },
            )
          },
        }
      },
    }
  },
}
