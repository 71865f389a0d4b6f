/**
 * When a session_key is replaced. WeChat documents it in outline only ("检验登录态": `wx.login` may replace the key, there
 * is a minimum period, use renews it), so the bench plays every timeline under several readings.
 */
export interface Assumption {
  readonly id: string
  readonly title: { readonly zh: string; readonly en: string }
  /** `minKeyAgeMs` of the emulator. */
  readonly minKeyAgeMs: number
  /** `keyLifeMs` of the emulator. */
  readonly keyLifeMs: number
  /** Whether a login on another device replaces the key of this one. */
  readonly sharedByDevices: boolean
}

const minute = 60_000
const day = 1440 * minute

export const assumptions: readonly Assumption[] = [
  {
    id: 'each-login',
    title: { zh: '每次 wx.login 都换', en: 'at every wx.login' },
    minKeyAgeMs: 0,
    keyLifeMs: 3 * day,
    sharedByDevices: true,
  },
  {
    id: 'five-minutes',
    title: { zh: '满五分钟才换', en: 'not within 5 minutes' },
    minKeyAgeMs: 5 * minute,
    keyLifeMs: 3 * day,
    sharedByDevices: true,
  },
  {
    id: 'two-hours',
    title: { zh: '满两小时才换', en: 'not within 2 hours' },
    minKeyAgeMs: 120 * minute,
    keyLifeMs: 3 * day,
    sharedByDevices: true,
  },
  {
    id: 'until-expiry',
    title: { zh: '过期（一小时不用）才换', en: 'only when expired (1 h unused)' },
    minKeyAgeMs: Number.POSITIVE_INFINITY,
    keyLifeMs: 60 * minute,
    sharedByDevices: true,
  },
  {
    id: 'key-per-device',
    title: { zh: '每次都换，每台设备一把', en: 'at every wx.login, one key per device' },
    minKeyAgeMs: 0,
    keyLifeMs: 3 * day,
    sharedByDevices: false,
  },
]
