import type { Device } from '@weapp-auth/protocol/contract'

/** What the `User-Agent` of WeChat's network layer says on each device; the first that matches counts. */
const signs: readonly (readonly [RegExp, Device])[] = [
  [/wechatdevtools/i, 'devtools'],
  [/MiniProgramEnv\/Windows|WindowsWechat|Windows NT/i, 'windows'],
  [/MiniProgramEnv\/Mac|MacWechat/i, 'mac'],
  [/HarmonyOS|OpenHarmony|ArkWeb/i, 'harmony'],
  [/Android/i, 'android'],
  [/iPhone|iPad|iPod/i, 'ios'],
  [/Macintosh/i, 'mac'],
]

/** The words of {@link Device}. */
export const devices = [
  'ios',
  'android',
  'harmony',
  'windows',
  'mac',
  'devtools',
  'unknown',
] as const satisfies Device[]

/**
 * A name for people, from a header that anybody can write: never decide anything by it.
 *
 * @example
 * deviceOf('Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) MicroMessenger/8.0.56') // 'ios'
 */
export function deviceOf(userAgent: string | null): Device {
  return signs.find(([sign]) => sign.test(userAgent ?? ''))?.[1] ?? 'unknown'
}
