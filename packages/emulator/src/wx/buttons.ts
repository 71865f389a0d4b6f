import type { PhoneEventDetail, WxAvatarDetail } from '../types.ts'
import { compareVersions } from './base-library.ts'
import { hasErrno, type WxDevice } from './device.ts'
import { toFailure, type WxFailure } from './fail.ts'
import type { WxUi } from './interaction.ts'
import type { PhoneButton } from './phone-button.ts'
import type { PlannedFailures } from './planned-failures.ts'
import type { Privacy } from './privacy.ts'
import type { GetUserInfoOptions, Profile, WxProfile } from './profile.ts'
import { type SettingsTools, turnSwitches } from './settings.ts'

/** What a page layer knows about a button that was tapped. */
export interface TapOptions extends GetUserInfoOptions {
  /** The element's id: `resolve({ event: 'agree', buttonId })` names it. Default: empty. */
  readonly id?: string
  /** `phone-number-no-quota-toast` (3.0.1). Default: true. */
  readonly phoneNumberNoQuotaToast?: boolean
  /** Whether the button stands in a component inside of another component. Default: false. */
  readonly nested?: boolean
}

/** An event for the page, and what it carries. */
export type ButtonEvent =
  | { readonly type: 'getphonenumber' | 'getrealtimephonenumber'; readonly detail: PhoneEventDetail }
  | { readonly type: 'getuserinfo'; readonly detail: (WxProfile & { readonly errMsg: string }) | WxFailure }
  | { readonly type: 'chooseavatar'; readonly detail: WxAvatarDetail }
  | { readonly type: 'agreeprivacyauthorization'; readonly detail: { readonly errMsg: string } }
  | {
      readonly type: 'opensetting'
      readonly detail: { readonly errMsg: string; readonly authSetting?: Readonly<Record<string, boolean>> }
    }

/**
 * A tap on a button with an `open-type`: every event that follows, in order. `dispatch` is told each one when it happens;
 * a listener of the first may wait for what the second needs. Nothing happens for an open-type that this base library
 * does not know.
 */
export type Tap = (
  openType: string,
  options?: TapOptions,
  dispatch?: (event: ButtonEvent) => void,
) => Promise<readonly ButtonEvent[]>

interface ButtonTools {
  readonly device: WxDevice
  readonly privacy: Privacy
  readonly profile: Profile
  readonly planned: PlannedFailures
  readonly settings: SettingsTools
  readonly phone: PhoneButton
  readonly avatar: () => Promise<WxAvatarDetail | null>
  readonly ui: WxUi
  /** Android: a phone button in a nested component does nothing (Meituan mpvue issue 1346). */
  readonly nestedPhoneIsDead: boolean
}

/** Base library that each open-type came with (button). */
const SINCE: Readonly<Record<string, string>> = {
  getPhoneNumber: '1.2.0',
  getUserInfo: '1.3.0',
  openSetting: '2.0.7',
  chooseAvatar: '2.21.2',
  getRealtimePhoneNumber: '2.24.4',
  agreePrivacyAuthorization: '2.32.3',
  'getPhoneNumber|agreePrivacyAuthorization': '2.32.3',
  'getRealtimePhoneNumber|agreePrivacyAuthorization': '2.32.3',
  'getUserInfo|agreePrivacyAuthorization': '2.32.3',
}
const QUOTA_ERRNO = 1_400_001

/** Whether this base library knows the open-type. */
export function knowsOpenType({ sdkVersion }: WxDevice, openType: string): boolean {
  const since = Object.hasOwn(SINCE, openType) ? SINCE[openType] : undefined
  return since !== undefined && compareVersions(sdkVersion, since) >= 0
}

export function createButtons(world: ButtonTools): Tap {
  const { device, privacy, profile, planned, settings, ui } = world

  async function phone(component: 'quick' | 'realtime', options: TapOptions): Promise<ButtonEvent | null> {
    if (options.nested === true && world.nestedPhoneIsDead && device.platform === 'android') return null
    const detail = await world.phone(component)
    if (detail?.errno === QUOTA_ERRNO && options.phoneNumberNoQuotaToast !== false)
      ui.showToast?.({ title: '该功能使用次数已达当前小程序上限', icon: 'none', duration: 2000 })
    return detail && { type: component === 'quick' ? 'getphonenumber' : 'getrealtimephonenumber', detail }
  }

  const tapped: Readonly<Record<string, (options: TapOptions) => Promise<ButtonEvent | null>>> = {
    getPhoneNumber: options => phone('quick', options),
    getRealtimePhoneNumber: options => phone('realtime', options),
    async getUserInfo(options) {
      const shown = async () => {
        planned.throwNext('getUserInfo')
        return { ...(await profile.byButton(options)), errMsg: 'getUserInfo:ok' }
      }
      return { type: 'getuserinfo', detail: await orFailure('getUserInfo', device, shown) }
    },
    async chooseAvatar() {
      const detail = await world.avatar()
      return detail && { type: 'chooseavatar', detail }
    },
    async agreePrivacyAuthorization({ id = '' }) {
      const agree = async () => {
        await privacy.agreeByButton(id)
        return { errMsg: 'agreePrivacyAuthorization:ok' }
      }
      const detail = await orFailure('agreePrivacyAuthorization', device, agree)
      return { type: 'agreeprivacyauthorization', detail }
    },
    async openSetting() {
      const turn = async () => ({ errMsg: 'openSetting:ok', authSetting: await turnSwitches(settings) })
      return { type: 'opensetting', detail: await orFailure('openSetting', device, turn) }
    },
  }

  return async (openType, options = {}, dispatch = () => {}) => {
    if (!knowsOpenType(device, openType)) return []
    const events: ButtonEvent[] = []
    // The agreement comes first: what the other half asks for must find it.
    for (const part of openType.split('|').reverse()) {
      const event = await tapped[part]?.(options)
      if (!event) continue
      events.push(event)
      dispatch(event)
    }
    return events
  }
}

async function orFailure<T>(api: string, device: WxDevice, run: () => Promise<T>): Promise<T | WxFailure> {
  try {
    return await run()
  } catch (error) {
    return toFailure(api, error, hasErrno(device))
  }
}
