import type { WechatUse } from '../types.ts'
import type { Platform } from './platform.ts'

/** `wx.login`: a code that is bound to the session_key of this moment. */
export function issueLoginCode({ state, journal }: Platform, use: WechatUse): string {
  const { key, made } = state.keys.forLogin(use)
  const { code } = state.codes.issueLogin(use, key)
  journal.add({
    ...use,
    side: 'wx',
    what: 'wx.login',
    ok: true,
    text: made
      ? {
          zh: `wx.login 得到登录凭证；session_key 换成第 ${key.generation} 代`,
          en: `wx.login got a code; the session_key is now generation ${key.generation}`,
        }
      : {
          zh: `wx.login 得到登录凭证；session_key 还新，仍是第 ${key.generation} 代`,
          en: `wx.login got a code; the session_key is young and stays generation ${key.generation}`,
        },
    facts: { code: code.slice(0, 6), keyGeneration: key.generation, keyMade: made },
  })
  return code
}
