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
  if (!state.loginQuota.take(`${use.appId} ${use.personId}`)) noteTooOften({ journal }, use)
  return code
}

/** The frequency guide (接口调用频率规范) allows four per second and user; the emulator tells and does not refuse. */
function noteTooOften({ journal }: Pick<Platform, 'journal'>, use: WechatUse): void {
  journal.add({
    ...use,
    side: 'wx',
    what: 'login-too-often',
    ok: false,
    text: {
      zh: '同一用户一秒内 wx.login 超过 4 次，微信的频率规范不允许',
      en: 'more than 4 wx.login of one user within a second: WeChat’s frequency rules forbid it',
    },
  })
}
