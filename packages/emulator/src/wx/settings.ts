import type { PrivacyKind, WechatCloud, WechatUse } from '../types.ts'
import { isAnonymous } from './anonymous.ts'
import type { AskPerson } from './ask-person.ts'
import { type AsyncApi, type AsyncApiTools, asyncApi } from './async-api.ts'
import { compareVersions } from './base-library.ts'
import { checkText } from './check-parameter.ts'
import type { WxDevice } from './device.ts'
import { WxFail } from './fail.ts'
import { askCloud } from './login.ts'
import type { Privacy } from './privacy.ts'
import type { TapGesture } from './tap-gesture.ts'

type AuthSetting = Readonly<Record<string, boolean>>

interface Settings {
  /** Only scopes that were asked for already. */
  readonly authSetting: AuthSetting
  readonly subscriptionsSetting?: { readonly mainSwitch: boolean; readonly itemSettings: object }
}

type SettingsApi = AsyncApi<{ readonly withSubscriptions?: boolean }, Settings>

export interface SettingsApis {
  getSetting: SettingsApi
  openSetting: SettingsApi
  authorize: AsyncApi<{ readonly scope: string }, object>
}

export interface SettingsTools {
  readonly use: WechatUse
  readonly appName: string
  readonly cloud: WechatCloud
  readonly device: WxDevice
  readonly person: AskPerson
  readonly privacy: Privacy
  readonly gesture: TapGesture
  readonly tools: AsyncApiTools
}

/** 授权: the scopes, and the personal data behind each. There is none for the phone number. */
const SCOPES: Readonly<Record<string, PrivacyKind | null>> = {
  'scope.userInfo': null,
  'scope.userLocation': 'location',
  'scope.userFuzzyLocation': 'location',
  'scope.userLocationBackground': 'location',
  'scope.record': 'microphone',
  'scope.camera': 'camera',
  'scope.bluetooth': 'bluetooth',
  'scope.writePhotosAlbum': 'album',
  'scope.addPhoneContact': null,
  'scope.addPhoneCalendar': 'calendar',
  'scope.werun': 'weRun',
}

/** `wx.openSetting` needs a tap from this base library on. */
const TAP_SINCE = '2.3.0'

/** `wx.getSetting`, `wx.openSetting`, `wx.authorize` (授权). */
export function settingsApis(world: SettingsTools): SettingsApis {
  const { use, cloud, device, gesture, tools } = world

  async function settings(withSubscriptions = false): Promise<Settings> {
    const { scopes } = await askCloud(cloud.consents(use))
    const subscriptionsSetting = { mainSwitch: true, itemSettings: {} }
    return { authSetting: scopes, ...(withSubscriptions ? { subscriptionsSetting } : {}) }
  }

  async function authorize(scope: string): Promise<void> {
    const kind = SCOPES[scope]
    if (kind === undefined) throw new WxFail('invalid scope')
    const { scopes, publishedAt } = await askCloud(cloud.consents(use))
    if (scopes[scope] === true) return
    if (scope === 'scope.userInfo') {
      if (!isAnonymous(publishedAt, { kind: 'info', sdkVersion: device.sdkVersion }))
        throw new WxFail('scope unauthorized')
      return askCloud(cloud.setScopes(use, { [scope]: true }))
    }
    if (scopes[scope] === false) throw new WxFail('auth deny')
    if (kind) await world.privacy.pass({ kind, referrer: 'authorize', coupled: true })
    await askForScope(world, scope)
  }

  return {
    getSetting: asyncApi('getSetting', tools, ({ withSubscriptions }) => settings(withSubscriptions)),
    openSetting: asyncApi('openSetting', tools, async ({ withSubscriptions }) => {
      if (compareVersions(device.sdkVersion, TAP_SINCE) >= 0) gesture.require()
      await turnSwitches(world)
      return settings(withSubscriptions)
    }),
    authorize: asyncApi('authorize', tools, async ({ scope }) => {
      await authorize(checkText(scope, 'scope'))
      return {}
    }),
  }
}

/** The settings page: the person turns the switches of scopes that were asked for. Answers them as they are then. */
export async function turnSwitches({ use, appName, cloud, person }: SettingsTools): Promise<AuthSetting> {
  const { scopes } = await askCloud(cloud.consents(use))
  const answer = await person.ask({ kind: 'settings', appName, scopes })
  const turned = answer.decision === 'allow' ? (answer.scopes ?? {}) : {}
  const known = Object.fromEntries(Object.entries(turned).filter(([scope]) => scope in scopes))
  if (Object.keys(known).length > 0) await askCloud(cloud.setScopes(use, known))
  return { ...scopes, ...known }
}

/** Throws when the person does not allow it; a refusal is remembered, closing the dialog is not. */
export async function askForScope(
  { use, appName, cloud, person }: Pick<SettingsTools, 'use' | 'appName' | 'cloud' | 'person'>,
  scope: string,
): Promise<void> {
  const { decision } = await person.ask({ kind: 'scope', appName, scope })
  if (decision === 'cancel') throw new WxFail('auth cancel')
  await askCloud(cloud.setScopes(use, { [scope]: decision === 'allow' }))
  if (decision === 'deny') throw new WxFail('auth deny')
}
