import type { EmulatedPhone } from '../types.ts'

interface PhoneInfo {
  readonly phoneNumber: string
  readonly purePhoneNumber: string
  readonly countryCode: string | number
  readonly watermark: { readonly timestamp: number; readonly appid: string }
}

/** WeChat's four fields: `phoneNumber` carries the country code only when the number is a foreign one (手机号快速验证组件). */
export function phoneInfo(
  { countryCode, number }: Required<EmulatedPhone>,
  {
    at,
    appId,
    countryCodeAs,
  }: { readonly at: number; readonly appId: string; readonly countryCodeAs: 'text' | 'number' },
): PhoneInfo {
  return {
    phoneNumber: countryCode === '86' ? number : `${countryCode}${number}`,
    purePhoneNumber: number,
    countryCode: countryCodeAs === 'text' ? countryCode : Number(countryCode),
    watermark: { timestamp: Math.floor(at / 1000), appid: appId },
  }
}
