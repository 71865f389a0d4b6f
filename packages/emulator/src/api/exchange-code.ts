import { CODE_LIFE_MS } from '../platform/codes.ts'
import { noteIfCiphertextDiffers } from '../platform/note-key-mismatch.ts'
import type { Platform } from '../platform/platform.ts'
import { refuse, type Verdict } from './endpoint.ts'
import { isText } from './read-app.ts'

/** What `js_code` of a call is worth to this app: openid and session_key, once. */
export function exchangeCode(platform: Platform, appId: string, query: URLSearchParams): Verdict {
  const code = query.get('js_code')
  if (!isText(code)) return refuse(41008, '缺少 js_code', 'js_code is missing', { appId })
  if (query.get('grant_type') !== 'authorization_code')
    return refuse(40002, 'grant_type 必须是 authorization_code', 'grant_type must be authorization_code', { appId })
  return exchange(platform, appId, code)
}

function exchange(platform: Platform, appId: string, text: string): Verdict {
  const { state, clock } = platform
  const now = clock.now()
  const facts = { code: text.slice(0, 6) }
  const code = state.codes.find(text)
  if (!code) return refuse(40029, '没有发放过这个凭证', 'this code was never issued', { appId, facts })
  const { use } = code
  const about = { ...use, facts }
  if (code.kind === 'phone')
    return refuse(40029, '这是手机号凭证，不是登录凭证', 'this is a phone code, not a login code', about)
  if (code.kind === 'plugin')
    return refuse(40029, '这是插件凭证，不是登录凭证', 'this is a plug-in code, not a login code', about)
  if (use.appId !== appId)
    return refuse(40029, `凭证属于另一个小程序 ${use.appId}`, `the code belongs to another app, ${use.appId}`, about)
  if (!state.codeQuota.take(`${appId} ${use.personId}`))
    return refuse(45011, '该用户一分钟内超过 100 次', 'more than 100 calls for this user within a minute', about)
  if (code.usedAt !== null) return refuse(40163, '这个凭证用过了', 'this code was used before', about)
  if (now - code.bornAt >= CODE_LIFE_MS) {
    const seconds = Math.round((now - code.bornAt) / 1000)
    return refuse(
      40029,
      `凭证已有 ${seconds} 秒，超过五分钟`,
      `the code is ${seconds} s old, more than five minutes`,
      about,
    )
  }
  if (state.directory.person(use.personId).highRisk)
    return refuse(40226, '高风险用户，微信拦截登录', 'a high-risk user; WeChat blocks the login', about)

  code.usedAt = now
  state.keys.handOut(use, code.key)
  const { generation, value } = code.key
  const current = state.keys.current(use)?.generation ?? null
  noteIfCiphertextDiffers(platform, use, code.key, now)
  const unionid = state.directory.unionId(use)
  return {
    granted: true,
    body: { session_key: value, openid: state.directory.openId(use), ...(unionid === null ? {} : { unionid }) },
    text: {
      zh: `登录凭证换到第 ${generation} 代 session_key${current === generation ? '' : `（当前已是第 ${current} 代）`}`,
      en: `the code was exchanged for session_key generation ${generation}${current === generation ? '' : ` (the current one is ${current})`}`,
    },
    ...use,
    facts: { ...facts, keyGeneration: generation, currentGeneration: current },
  }
}
