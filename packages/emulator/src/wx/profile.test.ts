import { decryptOpenData, verifyRawDataSignature } from '@weapp-auth/protocol/wechat'
import { describe, expect, test } from 'vitest'
import { createWorld, LIN, START, TEA } from '../../test/world.ts'
import type { EmulatedApp } from '../types.ts'
import type { WxProfile } from './profile.ts'
import type { WxRuntime } from './runtime.ts'

const BEFORE_2021_04_29 = Date.UTC(2021, 3, 28)
const BEFORE_2022_11_09 = Date.UTC(2022, 10, 8)
const PROFILE = { nickName: '林间', gender: 2, city: '杭州', avatarUrl: 'https://img.test/lin.png' } as const

function createPhone(app: Partial<EmulatedApp> = {}, sdkVersion = '3.17.0') {
  const world = createWorld({ apps: [{ ...TEA, ...app }], people: [{ ...LIN, profile: PROFILE }] })
  return { ...world, runtime: world.phone(LIN.id, TEA, { device: { sdkVersion } }) }
}

const inTap = (runtime: WxRuntime, desc = '完善资料') => runtime.inTap(() => runtime.wx.getUserProfile({ desc }))

async function opened({ session, login }: ReturnType<typeof createPhone>, { encryptedData = '', iv = '' }: WxProfile) {
  const answer = await session(await login())
  const sessionKey = String(answer.session_key)
  return { answer, sessionKey, data: decryptOpenData({ sessionKey, encryptedData, iv }) as Record<string, unknown> }
}

describe('getUserInfo', () => {
  test('is anonymous without a dialog, but who it is stays real', async () => {
    const phone = createPhone({ openAccount: 'tea' })
    phone.runtime.decideDialog('scope', { decision: 'deny' })
    const info = await phone.runtime.wx.getUserInfo()
    expect(info).toMatchObject({
      errMsg: 'getUserInfo:ok',
      userInfo: { nickName: '微信用户', gender: 0, city: '', language: '' },
    })
    const { data, answer } = await opened(phone, info)
    expect(data).toMatchObject({
      openId: answer.openid,
      unionId: answer.unionid,
      nickName: '微信用户',
      watermark: { timestamp: START / 1000, appid: TEA.appId },
    })
    expect((await phone.runtime.wx.getSetting()).authSetting).toEqual({ 'scope.userInfo': true })
  })

  test('signs the text that it hands over', async () => {
    const phone = createPhone()
    const info = await phone.runtime.wx.getUserInfo()
    const { sessionKey } = await opened(phone, info)
    const { rawData, signature } = info
    expect(JSON.parse(rawData)).toEqual(info.userInfo)
    expect(verifyRawDataSignature({ rawData, signature, sessionKey })).toBe(true)
    expect(verifyRawDataSignature({ rawData: `${rawData} `, signature, sessionKey })).toBe(false)
  })

  test('without credentials there is no ciphertext', async () => {
    const info = await createPhone().runtime.wx.getUserInfo({ withCredentials: false })
    expect(Object.keys(info).sort()).toEqual(['errMsg', 'rawData', 'signature', 'userInfo'])
  })

  test('gave real data to versions of before 2021-04-28, after a tap on its button', async () => {
    const { runtime } = createPhone({ publishedAt: BEFORE_2021_04_29 })
    await expect(runtime.wx.getUserInfo()).rejects.toEqual({ errMsg: 'getUserInfo:fail scope unauthorized' })
    runtime.decideDialog('scope', { decision: 'deny' })
    expect(await runtime.tap('getUserInfo')).toEqual([
      { type: 'getuserinfo', detail: { errMsg: 'getUserInfo:fail auth deny' } },
    ])
    runtime.decideDialog('scope', { decision: 'allow' })
    const [event] = await runtime.tap('getUserInfo', { lang: 'zh_CN' })
    const shown = { ...PROFILE, language: 'zh_CN', province: '', country: '' }
    expect(event?.detail).toMatchObject({ errMsg: 'getUserInfo:ok', userInfo: shown })
    expect((await runtime.wx.getUserInfo()).userInfo).toMatchObject({ nickName: '林间', language: 'en' })
  })
})

describe('getUserProfile', () => {
  test('is anonymous since 2022-11-08, and asks nobody', async () => {
    const { runtime } = createPhone()
    runtime.decideDialog('profile', { decision: 'deny' })
    expect((await inTap(runtime)).userInfo).toMatchObject({ nickName: '微信用户', language: 'zh_CN' })
  })

  test.each([
    ['an older version of the mini program', { publishedAt: BEFORE_2022_11_09 }, '3.17.0'],
    ['a base library before 2.27.1', {}, '2.27.0'],
  ])('%s still gets real data, when the person allows it', async (_, app, sdkVersion) => {
    const phone = createPhone(app, sdkVersion)
    const { runtime } = phone
    runtime.decideDialog('profile', { decision: 'deny' })
    await expect(inTap(runtime)).rejects.toEqual({ errMsg: 'getUserProfile:fail auth deny' })
    runtime.decideDialog('profile', dialog => {
      expect(dialog).toEqual({ kind: 'profile', appName: '茶馆', desc: '完善资料' })
      return { decision: 'allow' }
    })
    const profile = await inTap(runtime)
    expect(profile.userInfo).toEqual({
      nickName: '林间',
      avatarUrl: PROFILE.avatarUrl,
      gender: 0,
      city: '',
      province: '',
      country: '',
      language: 'zh_CN',
    })
    const { data } = await opened(phone, profile)
    expect(data).toMatchObject({ nickName: '林间' })
    expect(data).not.toHaveProperty('openId')
    expect(data).not.toHaveProperty('unionId')
  })

  test('needs a tap, and a reason of at most 30 characters', async () => {
    const { runtime } = createPhone()
    await expect(runtime.wx.getUserProfile({ desc: '完善资料' })).rejects.toEqual({
      errMsg: 'getUserProfile:fail can only be invoked by user TAP gesture.',
    })
    const tooLong = { errMsg: 'getUserProfile:fail desc length does not meet the requirements' }
    await expect(inTap(runtime, '资'.repeat(31))).rejects.toEqual(tooLong)
    await expect(inTap(runtime, '')).rejects.toEqual(tooLong)
    expect((await inTap(runtime, '资'.repeat(30))).errMsg).toBe('getUserProfile:ok')
    await expect(runtime.inTap(() => runtime.wx.getUserProfile({} as never))).rejects.toHaveProperty('errno', 1001)
  })

  test('came with base library 2.10.4', () => {
    expect(createPhone({}, '2.10.3').runtime.wx.getUserProfile).toBeUndefined()
    expect(createPhone({}, '2.10.4').runtime.wx.canIUse('getUserProfile')).toBe(true)
  })
})
