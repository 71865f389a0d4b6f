import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createWorld, LIN, TEA } from '../../test/world.ts'
import type { EmulatedLaunch } from '../create-emulator.ts'
import type { AppPrivacy, EmulatedApp } from '../types.ts'
import type { WxDevice } from './device.ts'
import type { WxFailure } from './fail.ts'
import type { WxRuntime } from './runtime.ts'

/** Spellings that were seen on phones; the same table as the one that clients are tested with. */
interface Row {
  readonly api: string
  readonly errMsg: string | null
  readonly errno: number | null
  readonly platform: string
}

type Platform = WxDevice['platform']
type Setting = (platform: Platform) => Promise<WxFailure>

const { rows } = JSON.parse(
  readFileSync(new URL('../../../protocol/vectors/errmsgs.json', import.meta.url), 'utf8'),
) as { rows: readonly Row[] }

const PLATFORMS: Readonly<Record<string, readonly Platform[]>> = {
  all: ['ios', 'android', 'devtools'],
  'iOS, devtools': ['ios', 'devtools'],
  Android: ['android'],
  'devtools/all': ['ios', 'android', 'devtools'],
  devtools: ['devtools'],
  unknown: ['ios'],
}

function open(platform: Platform, app: Partial<EmulatedApp> = {}, launch: EmulatedLaunch = {}) {
  const world = createWorld({ apps: [{ ...TEA, ...app }] })
  return { ...world, runtime: world.phone(LIN.id, TEA, { ...launch, device: { platform } }) }
}

const failureOf = (call: Promise<WxFailure>) => call.catch((failure: WxFailure) => failure)
const profile = (runtime: WxRuntime) => failureOf(runtime.inTap(() => runtime.wx.getUserProfile({ desc: '完善资料' })))

async function tapped(runtime: WxRuntime, openType: string): Promise<WxFailure> {
  const [event] = await runtime.tap(openType)
  return event?.detail ?? { errMsg: 'no event' }
}

const tap =
  (openType: string, app?: Partial<EmulatedApp>, launch?: EmulatedLaunch): Setting =>
  platform =>
    tapped(open(platform, app, launch).runtime, openType)

const failing =
  (reason: string | undefined, errno?: number): Setting =>
  platform => {
    const { runtime } = open(platform)
    runtime.failNext('getPhoneNumber', { ...(reason ? { reason } : {}), ...(errno ? { errno } : {}) })
    return runtime.tapPhoneButton()
  }

const undeclared: AppPrivacy = { declares: [] }
const deny = { decision: 'deny' } as const
const old = { publishedAt: 0 }
const NOT_DECLARED = 'api scope is not declared in the privacy agreement'
const NOT_AGREED = 'privacy permission is not authorized'

/** How each spelling comes about. */
const SETTINGS: Readonly<Record<string, Setting>> = {
  'getPhoneNumber:ok': tap('getPhoneNumber'),
  'getPhoneNumber:fail user deny': tap('getPhoneNumber', {}, { decide: deny }),
  'getPhoneNumber:fail:user deny': tap('getPhoneNumber', {}, { decide: deny }),
  'getPhoneNumber:fail user cancel': tap('getPhoneNumber', {}, { decide: { decision: 'cancel' } }),
  'getPhoneNumber:fail': failing(undefined),
  'getPhoneNumber:fail no permission': tap('getPhoneNumber', { phonePermitted: false }),
  'getPhoneNumber:fail jsapi has no permission': failing('jsapi has no permission', 102),
  [`getPhoneNumber:fail ${NOT_AGREED}`]: async platform => {
    const { runtime } = open(platform, { privacy: {} })
    runtime.wx.onNeedPrivacyAuthorization(resolve => resolve({ event: 'disagree' }))
    return runtime.tapPhoneButton()
  },
  [`getPhoneNumber:fail ${NOT_DECLARED}`]: tap('getPhoneNumber', { privacy: undeclared }),
  'getPhoneNumber 1400001': platform => {
    const { runtime, control } = open(platform)
    control.changeBilling(TEA.appId, { quick: { trialLeft: 0 } })
    return runtime.tapPhoneButton()
  },
  'getRealtimePhoneNumber:fail user deny': tap('getRealtimePhoneNumber', {}, { decide: deny }),
  'getUserProfile:ok': platform => profile(open(platform).runtime),
  'getUserProfile:fail auth deny': platform => profile(open(platform, old, { decideDialog: deny }).runtime),
  'getUserProfile:fail can only be invoked by user TAP gesture.': platform =>
    failureOf(open(platform).runtime.wx.getUserProfile({ desc: '完善资料' })),
  [`getUserProfile:fail ${NOT_DECLARED}`]: platform => profile(open(platform, { privacy: undeclared }).runtime),
  'getUserInfo:ok': platform => failureOf(open(platform).runtime.wx.getUserInfo()),
  'getUserInfo:fail auth deny': tap('getUserInfo', old, { decideDialog: deny }),
  'authorize:fail auth deny': platform =>
    failureOf(open(platform, {}, { decideDialog: deny }).runtime.wx.authorize({ scope: 'scope.camera' })),
  'checkSession:ok': async platform => {
    const { wx } = open(platform).runtime
    await wx.login()
    return wx.checkSession()
  },
  'checkSession:fail 系统错误，错误码：-13001,session time out, need relogin': async platform => {
    const { runtime, control } = open(platform)
    await runtime.wx.login()
    control.rotateKey(LIN.id, TEA.appId)
    return failureOf(runtime.wx.checkSession())
  },
  'chooseAvatar:fail cancel': tap('chooseAvatar', {}, { decideDialog: { decision: 'cancel' } }),
  'chooseAvatar:fail another chooseAvatar is in progress': async platform => {
    const { runtime } = open(platform, {}, { decideDialog: { decision: 'never' } })
    void runtime.tap('chooseAvatar')
    return tapped(runtime, 'chooseAvatar')
  },
  [`chooseAvatar:fail ${NOT_DECLARED}`]: tap('chooseAvatar', { privacy: undeclared }),
  [`requirePrivacyAuthorize:fail ${NOT_AGREED}`]: platform =>
    failureOf(open(platform, { privacy: {} }, { decideDialog: deny }).runtime.wx.requirePrivacyAuthorize()),
}

const each = rows.flatMap(row => (PLATFORMS[row.platform] ?? []).map(platform => ({ ...row, platform })))

/** By analogy only, as the table itself says: on Android the realtime button is spelled like the other one. */
const expected = ({ api, errMsg, platform }: (typeof each)[number]) =>
  platform === 'android' && api === 'getRealtimePhoneNumber' ? errMsg?.replace(':fail ', ':fail:') : errMsg

test('every row has a platform that is emulated', () => {
  expect(rows.length).toBeGreaterThan(20)
  expect(rows.filter(({ platform }) => !PLATFORMS[platform])).toEqual([])
})

test.each(each)('$platform: $errMsg $errno', async row => {
  const setting = SETTINGS[row.errMsg ?? `${row.api} ${row.errno}`]
  if (!setting) throw new Error('nothing here brings this spelling about')
  const told = await setting(row.platform)
  if (row.errMsg !== null) expect(told.errMsg).toBe(expected(row))
  if (row.errno !== null) expect(told.errno).toBe(row.errno)
})
