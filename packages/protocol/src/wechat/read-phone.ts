import type { OpenData } from './decrypt-open-data.ts'
import { OpenDataInvalid } from './open-data-invalid.ts'
import type { WechatPhone } from './outcomes.ts'
import { readPhoneFields } from './phone-fields.ts'
import { checkWatermark, type OpenDataCheck } from './watermark.ts'

/**
 * Keys of other open-data kinds. A payload cut together from blocks of another one under the same key keeps a genuine
 * watermark; these keys, and the three phone fields that must agree, are what gives it away.
 */
const foreignKeys = ['openId', 'nickName', 'avatarUrl', 'gender', 'stepInfoList', 'openGId']

/**
 * Reads the payload of the phone button: the three phone fields must be there and agree, no key of another open-data
 * kind may be (unknown keys may: "开放数据校验与解密" announces new ones), and the watermark must be of this app and time.
 *
 * @throws OpenDataInvalid for every cause alike.
 *
 * @example
 * readPhone(decryptOpenData(encrypted), { appId: 'wx1234567890abcdef', now: clock.now() }).number // '+8613800138000'
 */
export function readPhone(data: OpenData, check: OpenDataCheck): WechatPhone {
  const watermark = checkWatermark(data.watermark, check)
  const { phone } = readPhoneFields(data)
  if (watermark === null || phone === null || foreignKeys.some(key => key in data)) throw new OpenDataInvalid()
  return { ...phone, at: watermark.at }
}
