import type { WechatUse } from '../types.ts'
import type { Platform } from './platform.ts'

/** `wx.checkSession`: asks about the last `wx.login` on the phone, not about the key that the developer's server holds. */
export function checkSession({ state, journal }: Platform, use: WechatUse): boolean {
  const valid = state.keys.lastLoginValid(use)
  journal.add({
    ...use,
    side: 'wx',
    what: 'wx.checkSession',
    ok: valid,
    text: valid
      ? { zh: 'wx.checkSession：登录态有效', en: 'wx.checkSession: the session is valid' }
      : {
          zh: 'wx.checkSession：登录态失效，上次 wx.login 的 session_key 已不是当前的',
          en: 'wx.checkSession: expired, the session_key of the last wx.login is not the current one',
        },
    facts: { valid },
  })
  return valid
}
