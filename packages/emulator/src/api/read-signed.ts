import { sessionSignature } from '@weapp-auth/protocol/wechat'
import type { Platform } from '../platform/platform.ts'
import type { SessionKey } from '../platform/session-keys.ts'
import type { WechatUse } from '../types.ts'
import { type ApiCall, type Refused, refuse } from './endpoint.ts'
import { isText } from './read-app.ts'
import { readToken } from './read-token.ts'

/** Whose key the call is about; refused unless it is signed with that key (用户登录态签名: HMAC over the empty text). */
export function readSigned(
  platform: Platform,
  call: ApiCall,
  errcodeWithoutOpenId = 40003,
): { readonly use: WechatUse; readonly key: SessionKey } | Refused {
  const { directory, keys } = platform.state
  const { query } = call
  const appId = readToken(platform, call)
  if (typeof appId !== 'string') return appId
  const openid = query.get('openid')
  const signature = query.get('signature')
  if (!isText(openid)) return refuse(errcodeWithoutOpenId, '缺少 openid', 'openid is missing', { appId })
  const personId = directory.personOf(appId, openid)
  if (personId === undefined)
    return refuse(40003, '这个小程序没有这个 openid', 'this app has no such openid', { appId })
  const use = { appId, personId }
  if (query.get('sig_method') !== 'hmac_sha256')
    return refuse(87008, 'sig_method 必须是 hmac_sha256', 'sig_method must be hmac_sha256', use)
  const key = keys.current(use)
  if (!key) return refuse(87007, '该用户没有有效的 session_key', 'the user has no valid session_key', use)
  if (!isText(signature) || signature !== sessionSignature(key.value))
    return refuse(
      87009,
      `签名不是用当前的第 ${key.generation} 代 session_key 做的`,
      `the signature was not made with the current session_key, generation ${key.generation}`,
      { ...use, facts: { currentGeneration: key.generation, serverGeneration: keys.handedOut(use) } },
    )
  return { use, key }
}
