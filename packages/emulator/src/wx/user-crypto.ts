import type { LatestUserKey, WechatCloud, WechatUse } from '../types.ts'
import { type AsyncApi, type AsyncApiTools, asyncApi } from './async-api.ts'
import { askCloud } from './login.ts'
import type { RandomValuesApi } from './random-values.ts'

/** `wx.getUserCryptoManager()` (2.17.3). */
export interface UserCryptoManager {
  getLatestUserKey: AsyncApi<object, LatestUserKey>
  getRandomValues: RandomValuesApi
}

interface UserCryptoTools {
  readonly use: WechatUse
  readonly cloud: WechatCloud
  readonly tools: AsyncApiTools
  readonly getRandomValues: RandomValuesApi
}

/** Keys that the phone and the developer's server share; the server asks for them with getuserencryptkey. */
export function createUserCrypto({ use, cloud, tools, getRandomValues }: UserCryptoTools): UserCryptoManager {
  return {
    getLatestUserKey: asyncApi('getLatestUserKey', tools, () => askCloud(cloud.latestUserKey(use))),
    getRandomValues,
  }
}
