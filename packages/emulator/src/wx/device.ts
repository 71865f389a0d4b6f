import { compareVersions } from './base-library.ts'

/** The phone that a mini program runs on. */
export interface WxDevice {
  /** Decides how errors are spelled. Default: `ios`. */
  readonly platform: 'ios' | 'android' | 'devtools'
  /** Version of the base library. Default: `3.17.0`. */
  readonly sdkVersion: string
  /** Version of the WeChat app. Default: `8.0.60`. */
  readonly version: string
  readonly brand: string
  readonly model: string
  /** Such as `iOS 18.5`. */
  readonly system: string
  readonly language: string
  readonly theme: 'light' | 'dark'
  /** In CSS pixels. */
  readonly screenWidth: number
  readonly screenHeight: number
  readonly statusBarHeight: number
  readonly pixelRatio: number
}

const models = {
  ios: { brand: 'apple', model: 'iPhone 15<iPhone15,4>', system: 'iOS 18.5' },
  android: { brand: 'Xiaomi', model: '24031PN0DC', system: 'Android 15' },
  devtools: { brand: 'devtools', model: 'iPhone 15', system: 'iOS 18.5' },
} satisfies Record<WxDevice['platform'], Pick<WxDevice, 'brand' | 'model' | 'system'>>

/** A phone with the given differences from the default one. */
export function createDevice(given: Partial<WxDevice> = {}): WxDevice {
  const platform = given.platform ?? 'ios'
  return {
    platform,
    sdkVersion: '3.17.0',
    version: '8.0.60',
    ...models[platform],
    language: 'zh_CN',
    theme: 'light',
    screenWidth: 393,
    screenHeight: 852,
    statusBarHeight: 59,
    pixelRatio: 3,
    ...given,
  }
}

/** Failures carry `errno` since base library 2.24.0. */
export function hasErrno({ sdkVersion }: WxDevice): boolean {
  return compareVersions(sdkVersion, '2.24.0') >= 0
}

/** The phone event carries `code` since base library 2.21.2. */
export function hasPhoneCode({ sdkVersion }: WxDevice): boolean {
  return compareVersions(sdkVersion, '2.21.2') >= 0
}

/** What servers see of it in `User-Agent`, in the form that phones of this kind send. */
export function userAgent({ platform, system, version }: WxDevice): string {
  const release = system.replace(/^\D+/, '')
  const phone = {
    ios: `iPhone; CPU iPhone OS ${release.replaceAll('.', '_')} like Mac OS X`,
    android: `Linux; Android ${release}`,
    devtools: `iPhone; CPU iPhone OS ${release.replaceAll('.', '_')} like Mac OS X`,
  }[platform]
  const tools = platform === 'devtools' ? ' wechatdevtools/1.06' : ''
  return `Mozilla/5.0 (${phone}) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile${tools} MicroMessenger/${version}`
}
