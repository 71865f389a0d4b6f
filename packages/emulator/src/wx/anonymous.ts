import type { UserInfoQuestion } from '../types.ts'
import { compareVersions } from './base-library.ts'

/** getUserInfo is anonymous in versions published later (小程序登录、用户信息相关接口调整说明): 2021-04-28 24:00 in China. */
const INFO_SINCE = Date.UTC(2021, 3, 28, 16)
/** getUserProfile was taken back (小程序用户头像昵称获取规则调整公告): 2022-11-08 24:00 in China … */
const PROFILE_SINCE = Date.UTC(2022, 10, 8, 16)
/** … on this base library and later ones. */
const PROFILE_LIBRARY = '2.27.1'

/**
 * Whether somebody shows up as "微信用户" with a grey avatar: decided by the day of publication (null: today), and for a
 * profile by the base library as well.
 */
export function isAnonymous(publishedAt: number | null, { kind, sdkVersion }: UserInfoQuestion): boolean {
  if (kind === 'info') return publishedAt === null || publishedAt >= INFO_SINCE
  const published = publishedAt === null || publishedAt >= PROFILE_SINCE
  return published && compareVersions(sdkVersion, PROFILE_LIBRARY) >= 0
}
