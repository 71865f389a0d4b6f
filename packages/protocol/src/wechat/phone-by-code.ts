import { isRecord } from './is-record.ts'
import { MalformedAnswer } from './malformed-answer.ts'
import type { WechatPhone } from './outcomes.ts'
import { readPhoneFields } from './phone-fields.ts'
import { readAnswer } from './read-answer.ts'
import { readWatermark } from './watermark.ts'
import type { WireRequest } from './wire-request.ts'

/**
 * getPhoneNumber ("获取手机号"): exchanges the code of the phone button, which is not a login code. With `openId`
 * WeChat also checks that the code belongs to this user.
 *
 * @example
 * phoneByCodeRequest(accessToken, { code, openId }).body // { code, openid }
 */
export function phoneByCodeRequest(
  accessToken: string,
  { code, openId }: { readonly code: string; readonly openId?: string },
): WireRequest {
  return {
    method: 'POST',
    path: '/wxa/business/getuserphonenumber',
    query: { access_token: accessToken },
    body: openId === undefined ? { code } : { code, openid: openId },
  }
}

/**
 * Reads the answer; the watermark must name this app.
 *
 * @throws WechatRefusal (40029 code invalid, 40013 code of another app, 45011 too often, …); MalformedAnswer
 *
 * @example
 * readPhoneByCode(body, { appId: 'wx1234567890abcdef' }).number // '+8613800138000'
 */
export function readPhoneByCode(body: unknown, { appId }: { readonly appId: string }): WechatPhone {
  const { phone_info: info } = readAnswer(body)
  if (!isRecord(info)) throw new MalformedAnswer('phone_info')
  const { phone, wrong } = readPhoneFields(info)
  if (phone === null) throw new MalformedAnswer(`phone_info.${wrong}`)
  const watermark = readWatermark(info.watermark)
  if (watermark === null) throw new MalformedAnswer('phone_info.watermark')
  if (watermark.appId !== appId) throw new MalformedAnswer('phone_info.watermark.appid')
  return { ...phone, at: watermark.at }
}
