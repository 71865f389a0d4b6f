import type { WechatPhone } from './outcomes.ts'

/** `phoneNumber`, `purePhoneNumber` and `countryCode` as one number; or the name of the first field that is wrong. */
export type PhoneFields =
  | { readonly phone: Omit<WechatPhone, 'at'>; readonly wrong: null }
  | { readonly phone: null; readonly wrong: 'phoneNumber' | 'purePhoneNumber' | 'countryCode' }

/**
 * Reads WeChat's three phone fields ("获取手机号"). `phoneNumber` is the national number, or carries the country code
 * with or without a plus sign; `countryCode` is a string or, in older samples, a number. E.164 allows 15 digits.
 */
export function readPhoneFields(fields: Readonly<Record<string, unknown>>): PhoneFields {
  const { phoneNumber, purePhoneNumber } = fields
  const countryCode = typeof fields.countryCode === 'number' ? String(fields.countryCode) : fields.countryCode
  if (typeof countryCode !== 'string' || !/^[1-9]\d{0,2}$/.test(countryCode)) return wrong('countryCode')
  if (typeof purePhoneNumber !== 'string' || !/^\d{4,14}$/.test(purePhoneNumber)) return wrong('purePhoneNumber')
  const digits = countryCode + purePhoneNumber
  if (digits.length > 15) return wrong('purePhoneNumber')
  if (phoneNumber !== purePhoneNumber && phoneNumber !== digits && phoneNumber !== `+${digits}`) {
    return wrong('phoneNumber')
  }
  return { phone: { number: `+${digits}`, nationalNumber: purePhoneNumber, countryCode }, wrong: null }
}

function wrong(field: 'phoneNumber' | 'purePhoneNumber' | 'countryCode'): PhoneFields {
  return { phone: null, wrong: field }
}
