import { describe, expect, test } from 'vitest'
import { createWorld, LIN, TEA } from '../../test/world.ts'
import type { EmulatedLaunch } from '../create-emulator.ts'
import type { AppPrivacy, WxDialog } from '../types.ts'
import type { PrivacyAnswer } from './privacy.ts'

const NOT_AGREED = 'privacy permission is not authorized'
const settled = () => new Promise(resolve => setTimeout(resolve, 5))

function createPhone(privacy: AppPrivacy = {}, launch: EmulatedLaunch = {}) {
  const world = createWorld({ apps: [{ ...TEA, privacy }] })
  return { ...world, runtime: world.phone(LIN.id, TEA, launch) }
}

/** A listener that remembers how it was called. */
function listenTo({ runtime }: ReturnType<typeof createPhone>) {
  const heard: { resolve: (answer: PrivacyAnswer) => void; referrer: string }[] = []
  runtime.wx.onNeedPrivacyAuthorization((resolve, { referrer }) => heard.push({ resolve, referrer }))
  return heard
}

describe('without a listener the platform asks by itself', () => {
  test('once: afterwards data flows', async () => {
    const { runtime } = createPhone()
    const dialogs: WxDialog[] = []
    runtime.decideDialog('privacy', dialog => {
      dialogs.push(dialog)
      return { decision: 'allow' }
    })
    expect(await runtime.wx.getPrivacySetting()).toMatchObject({
      needAuthorization: true,
      privacyContractName: '《茶馆小程序隐私保护指引》',
    })
    expect((await runtime.tapPhoneButton()).errMsg).toBe('getPhoneNumber:ok')
    expect((await runtime.tapPhoneButton()).errMsg).toBe('getPhoneNumber:ok')
    await runtime.wx.requirePrivacyAuthorize()
    expect(dialogs).toEqual([
      {
        kind: 'privacy',
        appName: '茶馆',
        contractName: '《茶馆小程序隐私保护指引》',
        referrer: 'button.getPhoneNumber',
        coupled: true,
      },
    ])
    expect((await runtime.wx.getPrivacySetting()).needAuthorization).toBe(false)
  })

  test('a refusal is errno 103 where the dialog is one with another, else 104', async () => {
    const { runtime, control } = createPhone()
    runtime.decideDialog('privacy', { decision: 'deny' })
    expect(await runtime.tapPhoneButton()).toEqual({ errMsg: `getPhoneNumber:fail ${NOT_AGREED}`, errno: 103 })
    control.clock.advance(10_000)
    await expect(runtime.wx.requirePrivacyAuthorize()).rejects.toEqual({
      errMsg: `requirePrivacyAuthorize:fail ${NOT_AGREED}`,
      errno: 104,
    })
  })

  test('after a refusal there are ten seconds of silence', async () => {
    const { runtime, control } = createPhone()
    let asked = 0
    runtime.decideDialog('privacy', () => {
      asked += 1
      return { decision: 'deny' }
    })
    await runtime.tap('chooseAvatar')
    control.clock.advance(9999)
    const [event] = await runtime.tap('chooseAvatar')
    expect(event?.detail).toEqual({ errMsg: `chooseAvatar:fail ${NOT_AGREED} in gap`, errno: 104 })
    expect(asked).toBe(1)
    control.clock.advance(1)
    await runtime.tap('chooseAvatar')
    expect(asked).toBe(2)
  })

  test('who comes while the dialog is open shares its answer', async () => {
    const { runtime, control } = createPhone()
    let asked = 0
    const answers: ((decision: 'allow' | 'deny') => void)[] = []
    runtime.decideDialog('privacy', () => {
      asked += 1
      return new Promise(resolve => answers.push(decision => resolve({ decision })))
    })
    const both = () =>
      Promise.all([runtime.tapPhoneButton(), runtime.wx.requirePrivacyAuthorize().catch(given => given)])
    const refused = both()
    await settled()
    answers[0]?.('deny')
    expect((await refused).map(({ errno }) => errno)).toEqual([103, 104])
    control.clock.advance(10_000)
    const allowed = both()
    await settled()
    answers[1]?.('allow')
    expect((await allowed).map(({ errMsg }) => errMsg)).toEqual(['getPhoneNumber:ok', 'requirePrivacyAuthorize:ok'])
    expect(asked).toBe(2)
  })

  test('somebody who never answers leaves the call pending', async () => {
    const { runtime } = createPhone()
    runtime.decideDialog('privacy', { decision: 'never' })
    let ended = false
    void runtime.tapPhoneButton().then(() => {
      ended = true
    })
    await settled()
    expect(ended).toBe(false)
  })
})

describe('with a listener', () => {
  test('a call waits until it resolves: exposure is no answer, agree needs the tapped button', async () => {
    const phone = createPhone()
    const { runtime, noted } = phone
    const heard = listenTo(phone)
    let detail: unknown
    void runtime.tapPhoneButton().then(given => {
      detail = given
    })
    await settled()
    expect(heard.map(({ referrer }) => referrer)).toEqual(['button.getPhoneNumber'])
    const resolve = heard[0]?.resolve ?? (() => {})
    resolve({ event: 'exposureAuthorization' })
    resolve({ event: 'agree', buttonId: 'agree' })
    await settled()
    expect(detail).toBeUndefined()
    expect(noted('privacy-agree-ignored')).toMatchObject({ ok: false, facts: { buttonId: 'agree' } })
    const events = await runtime.tap('agreePrivacyAuthorization', { id: 'agree' })
    expect(events).toEqual([{ type: 'agreeprivacyauthorization', detail: { errMsg: 'agreePrivacyAuthorization:ok' } }])
    await settled()
    expect(detail).toBeUndefined()
    resolve({ event: 'agree', buttonId: 'agree' })
    await settled()
    expect(detail).toMatchObject({ errMsg: 'getPhoneNumber:ok' })
  })

  test('only the last one counts, and it hears of each call', async () => {
    const phone = createPhone()
    const first = listenTo(phone)
    const heard = listenTo(phone)
    void phone.runtime.tap('chooseAvatar')
    void phone.runtime.wx.requirePrivacyAuthorize()
    await settled()
    expect(first).toEqual([])
    expect(heard.map(({ referrer }) => referrer)).toEqual(['button.chooseAvatar', 'requirePrivacyAuthorize'])
  })

  test('disagree fails with 104 and begins the silence', async () => {
    const phone = createPhone()
    const heard = listenTo(phone)
    const detail = phone.runtime.tapPhoneButton()
    await settled()
    heard[0]?.resolve({ event: 'disagree' })
    expect(await detail).toEqual({ errMsg: `getPhoneNumber:fail ${NOT_AGREED}`, errno: 104 })
    expect((await phone.runtime.tapPhoneButton()).errMsg).toBe(`getPhoneNumber:fail ${NOT_AGREED} in gap`)
    expect(heard).toHaveLength(1)
  })

  test('a button that does both needs no answer of the listener', async () => {
    const phone = createPhone()
    const heard = listenTo(phone)
    const types: string[] = []
    const events = await phone.runtime.tap('getPhoneNumber|agreePrivacyAuthorization', {}, ({ type }) =>
      types.push(type),
    )
    expect(types).toEqual(['agreeprivacyauthorization', 'getphonenumber'])
    expect(events.at(-1)?.detail).toMatchObject({ errMsg: 'getPhoneNumber:ok', code: expect.any(String) })
    expect(heard).toEqual([])
  })
})

describe('the guideline', () => {
  test('what it does not declare fails with 112, although the person agreed', async () => {
    const { runtime } = createPhone({ declares: ['phoneNumber'] })
    const undeclared = 'api scope is not declared in the privacy agreement'
    const [event] = await runtime.tap('chooseAvatar')
    expect(event?.detail).toEqual({ errMsg: `chooseAvatar:fail ${undeclared}`, errno: 112 })
    expect((await runtime.tapPhoneButton()).errMsg).toBe('getPhoneNumber:ok')
    await expect(runtime.wx.authorize({ scope: 'scope.record' })).rejects.toHaveProperty('errno', 112)
  })

  test('without the privacy APIs of a banned app nothing works', async () => {
    const { runtime } = createPhone({ banned: true })
    expect(await runtime.tapPhoneButton()).toEqual({
      errMsg: 'getPhoneNumber:fail appid privacy api banned',
      errno: 1025,
    })
  })

  test('a new kind of data asks again', async () => {
    const { runtime, control } = createPhone({ declares: ['phoneNumber'] })
    await runtime.wx.requirePrivacyAuthorize()
    const asks = async () => (await runtime.wx.getPrivacySetting()).needAuthorization
    expect(await asks()).toBe(false)
    control.apps.put({ ...TEA, privacy: { declares: ['phoneNumber', 'userInfo'] } })
    expect(await asks()).toBe(true)
  })

  test('who takes the mini program from the recent ones is asked again; scopes stay until it is deleted', async () => {
    const { runtime, phone } = createPhone()
    await runtime.wx.authorize({ scope: 'scope.camera' })
    runtime.wx.setStorageSync('k', 1)
    await runtime.remove('recent')
    expect(() => runtime.show()).toThrow('open it anew')
    const next = phone()
    expect((await next.wx.getPrivacySetting()).needAuthorization).toBe(true)
    expect((await next.wx.getSetting()).authSetting).toEqual({ 'scope.camera': true })
    expect(next.wx.getStorageSync('k')).toBe(1)
    await next.remove('deleted')
    const last = phone()
    expect((await last.wx.getSetting()).authSetting).toEqual({})
    expect(last.wx.getStorageSync('k')).toBe('')
  })

  test('base libraries before 2.32.3 know nothing of it', async () => {
    const { runtime } = createPhone({ declares: [] }, { device: { sdkVersion: '2.32.2' } })
    runtime.decideDialog('privacy', () => {
      throw new Error('no dialog should open')
    })
    expect((await runtime.tapPhoneButton()).errMsg).toBe('getPhoneNumber:ok')
    expect(runtime.wx.getPrivacySetting).toBeUndefined()
    expect(await runtime.tap('getPhoneNumber|agreePrivacyAuthorization')).toEqual([])
  })

  test('is shown when the mini program wants it', async () => {
    const shown: string[] = []
    const ui = { showDialog: async ({ kind }: WxDialog) => void shown.push(kind) as undefined }
    const { runtime } = createPhone({ contractName: '《茶馆隐私》' }, { ui })
    expect(await runtime.wx.openPrivacyContract()).toEqual({ errMsg: 'openPrivacyContract:ok' })
    expect(shown).toEqual(['privacy-contract'])
  })

  test('an app without one is never asked about, and login is never gated', async () => {
    const { phone } = createWorld()
    expect((await phone().wx.getPrivacySetting()).needAuthorization).toBe(false)
    const { runtime } = createPhone()
    runtime.decideDialog('privacy', { decision: 'never' })
    expect((await runtime.wx.login()).errMsg).toBe('login:ok')
  })
})
