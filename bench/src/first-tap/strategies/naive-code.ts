import type { Strategy } from '../strategy.ts'
import { naiveServer, naiveWechat, post } from './naive-server.ts'

/**
 * What is written today without a library: one login, its token stored for ever, and the phone code exchanged without
 * nonce, openid or repetition. Whatever has no code is taken for a refusal.
 */
export const naiveCode: Strategy = {
  id: 'code',
  title: { zh: '手机号 code，无防护', en: 'phone code, naive' },
  start(tools) {
    const wechat = naiveWechat(tools)
    const users = new Set<string>()
    let number: string | null = null
    const fetch = naiveServer({
      async '/login'({ code }) {
        const { openid } = await wechat.codeToSession(code)
        users.add(openid)
        return { token: openid }
      },
      async '/phone'({ code }, token) {
        if (!users.has(token)) throw new Error('not logged in')
        number = await wechat.phoneByCode(code)
        return { phone: number }
      },
    })
    return {
      fetch,
      bound: () => number,
      open(phone) {
        const { wx, say } = phone
        if (!wx.getStorageSync('token'))
          wx.login({
            success: ({ code }) =>
              post(phone, '/login', { code }, { success: ({ token }) => token && wx.setStorageSync('token', token) }),
          })
        return {
          canTap: () => true,
          phone({ detail: { code } }) {
            if (!code) return say('declined')
            post(
              phone,
              '/phone',
              { code },
              {
                token: String(wx.getStorageSync('token')),
                success: ({ phone: found }) => say(found ? 'done' : 'tap-again'),
                fail: () => say('unavailable'),
              },
            )
          },
        }
      },
    }
  },
}
