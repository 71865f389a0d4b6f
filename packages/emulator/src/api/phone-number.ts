import { CODE_LIFE_MS, type PhoneCode } from '../platform/codes.ts'
import { maskPhone } from '../platform/mask-phone.ts'
import { phoneInfo } from '../platform/phone-info.ts'
import type { Platform } from '../platform/platform.ts'
import { type Endpoint, grant, type Refused, refuse, type Verdict } from './endpoint.ts'
import { isText } from './read-app.ts'
import { readJsonBody } from './read-json-body.ts'
import { readToken } from './read-token.ts'

/** POST /wxa/business/getuserphonenumber. */
export const phoneNumber: Endpoint = {
  name: 'getPhoneNumber',
  method: 'POST',
  path: '/wxa/business/getuserphonenumber',
  errmsgStyle: 'business',
  contentType: 'application/json; charset=UTF-8',
  permissionSet: 18,
  handle(platform, call) {
    const appId = readToken(platform, call)
    if (typeof appId !== 'string') return appId
    const read = readJsonBody(call.body)
    if ('granted' in read) return { ...read, appId }
    const { code, openid } = read.fields
    if (!isText(code)) return refuse(47001, '缺少 code', 'code is missing', { appId })
    if (openid !== undefined && typeof openid !== 'string')
      return refuse(47001, 'openid 必须是字符串', 'openid must be a text', { appId })
    const found = findCode(platform, appId, code)
    if ('granted' in found) return found
    return mismatch(platform, found, openid) ?? hand(platform, found)
  },
}

function findCode({ state, clock }: Platform, appId: string, text: string): PhoneCode | Refused {
  const facts = { code: text.slice(0, 6) }
  const code = state.codes.find(text)
  if (!code) return refuse(40029, '没有发放过这个凭证', 'this code was never issued', { appId, facts })
  const { use } = code
  const about = { ...use, facts }
  if (code.kind === 'login')
    return refuse(40029, '这是登录凭证，不是手机号凭证', 'this is a login code, not a phone code', about)
  if (code.kind === 'plugin')
    return refuse(40029, '这是插件凭证，不是手机号凭证', 'this is a plug-in code, not a phone code', about)
  if (use.appId !== appId)
    return refuse(
      40013,
      `access_token 属于 ${appId}，凭证属于 ${use.appId}`,
      `the access_token is of ${appId}, the code of ${use.appId}`,
      about,
    )
  if (code.usedAt !== null) return refuse(40029, '这个凭证用过了', 'this code was used before', about)
  const seconds = Math.round((clock.now() - code.bornAt) / 1000)
  if (clock.now() - code.bornAt >= CODE_LIFE_MS)
    return refuse(
      40029,
      `从点按钮算起已 ${seconds} 秒，超过五分钟`,
      `${seconds} s since the tap (not since the consent), more than five minutes`,
      about,
    )
  return code
}

/** The errcode is not documented (LIMITS.md); the code stays usable, as nothing was given away. */
function mismatch({ state, options }: Platform, { use, code }: PhoneCode, openid: string | undefined): Refused | null {
  const errcode = options.unverified.openIdMismatch
  if (openid === undefined || openid === '' || errcode === 'ignored' || openid === state.directory.openId(use))
    return null
  return refuse(errcode, 'openid 不是这个凭证的用户', 'the openid is not the user of this code', {
    ...use,
    facts: { code: code.slice(0, 6) },
  })
}

function hand({ options, clock }: Platform, code: PhoneCode): Verdict {
  code.usedAt = clock.now()
  const { use, phone, agreedAt } = code
  return grant(
    {
      errcode: 0,
      errmsg: 'ok',
      phone_info: phoneInfo(phone, { at: agreedAt, appId: use.appId, countryCodeAs: options.unverified.countryCode }),
    },
    '手机号凭证换到了号码',
    'the phone code was exchanged for the number',
    { ...use, facts: { code: code.code.slice(0, 6), phone: maskPhone(phone.number, 2) } },
  )
}
