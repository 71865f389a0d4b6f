import type { LatestUserKey, WechatUse } from '../types.ts'
import type { Platform } from './platform.ts'
import { USER_KEY_LIFE_MS } from './user-keys.ts'

/** The key that `wxa/business/getuserencryptkey` tells the server about. */
export function latestUserKey({ state, clock }: Platform, use: WechatUse): LatestUserKey {
  const { key, iv, version, madeAt } = state.userKeys.latest(use)
  const expireTime = Math.floor((madeAt + USER_KEY_LIFE_MS - clock.now()) / 1000)
  return { encryptKey: key, iv, version, expireTime }
}
