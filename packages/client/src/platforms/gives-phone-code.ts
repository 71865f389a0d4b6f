import type { WxHost } from './wx-host.ts'

/**
 * Whether the phone button's event carries a code: base library 2.21.2 and later ("手机号快速验证组件").
 * `getAppBaseInfo` is a little older (2.20.1), so a library without it is too old for both.
 */
export function givesPhoneCode(host: WxHost): boolean {
  if (!host.getAppBaseInfo) return false
  const parts = String(host.getAppBaseInfo().SDKVersion).split('.')
  return parts.reduce((sum, part) => sum * 1000 + Number(part), 0) >= 2_021_002
}
