import type { Strategy } from '../strategy.ts'
import { naiveDecrypt, naiveServer, naiveWechat, post } from './naive-server.ts'

const twoMinutes = 120_000

/**
 * Source 003, second design (Taro): a login at every show and on a timer every two minutes; the newest code goes along
 * with the ciphertext to `POST /user`. The button is disabled while loading, and stays so after an error of the server,
 * because only success and `fail` take the loading away. A tap on a page that has no code yet sends none.
 */
export const document003b: Strategy = {
  id: '003b',
  title: { zh: '003b：每两分钟登录一次', en: '003b: login every two minutes' },
  start(tools) {
    const wechat = naiveWechat(tools)
    let number: string | null = null
    const fetch = naiveServer({
      async '/user'({ code, iv, encryptedData }) {
        const { session_key } = await wechat.codeToSession(code)
        number = naiveDecrypt(session_key, iv, encryptedData)
        return { phone: number }
      },
    })
    return {
      fetch,
      bound: () => number,
      open(phone) {
        const { wx, say, timers } = phone
        const state: { code?: string; loading: boolean } = { loading: false }
        const login = () =>
          wx.login({
            success({ code }) {
              state.code = code
            },
          })
        wx.onAppShow(() => {
          login()
          timers.setInterval(login, twoMinutes)
        })
        return {
          canTap: () => !state.loading,
          phone({ detail: { errMsg, iv, encryptedData } }) {
            if (errMsg.includes('getPhoneNumber:fail'))
              return say(errMsg.includes('user cancel') ? 'tapped-twice' : 'declined')
            state.loading = true
            post(
              phone,
              '/user',
              { code: state.code, iv, encryptedData },
              {
                success({ phone: found }) {
                  if (!found) return say('tap-again')
                  state.loading = false
                  say('done')
                },
                fail() {
                  state.loading = false
                  say('unavailable')
                },
              },
            )
          },
        }
      },
    }
  },
}
