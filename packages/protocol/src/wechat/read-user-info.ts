import type { OpenData } from './decrypt-open-data.ts'
import { OpenDataInvalid } from './open-data-invalid.ts'
import { isPlaceholderNickname } from './placeholder-nickname.ts'
import { checkWatermark, type OpenDataCheck } from './watermark.ts'

/** A profile as `wx.getUserInfo` or `wx.getUserProfile` delivered it. */
export interface WechatUserInfo {
  /** Absent in payloads of `wx.getUserProfile`. When present it must equal the openid of the session: compare it. */
  readonly openId: string | null
  readonly unionId: string | null
  readonly nickname: string
  readonly avatarUrl: string
  /** True for the stand-in that WeChat sends since 2021-04-28 instead of a name: it says nothing about the user. */
  readonly anonymous: boolean
  /** Watermark: when WeChat made the payload, in milliseconds. */
  readonly at: number
}

const foreignKeys = ['phoneNumber', 'purePhoneNumber', 'countryCode', 'stepInfoList', 'openGId']

/**
 * Reads a profile payload, with the same care as `readPhone`.
 *
 * @throws OpenDataInvalid for every cause alike.
 *
 * @example
 * readUserInfo(decryptOpenData(encrypted), { appId: 'wx1234567890abcdef', now: clock.now() }).nickname // 'Band'
 */
export function readUserInfo(data: OpenData, check: OpenDataCheck): WechatUserInfo {
  const watermark = checkWatermark(data.watermark, check)
  const { openId = null, unionId = null, nickName, avatarUrl } = data
  if (
    watermark === null ||
    !isTextOrNull(openId) ||
    !isTextOrNull(unionId) ||
    typeof nickName !== 'string' ||
    typeof avatarUrl !== 'string' ||
    foreignKeys.some(key => key in data)
  ) {
    throw new OpenDataInvalid()
  }
  return {
    openId,
    unionId,
    nickname: nickName,
    avatarUrl,
    anonymous: isPlaceholderNickname(nickName),
    at: watermark.at,
  }
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string'
}
