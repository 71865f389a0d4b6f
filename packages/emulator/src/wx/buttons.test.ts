import { describe, expect, test } from 'vitest'
import { createWorld, LIN, TEA } from '../../test/world.ts'
import type { EmulatedLaunch } from '../create-emulator.ts'
import type { WxToast } from './interaction.ts'

const settled = () => new Promise(resolve => setTimeout(resolve, 5))

function createPhone(launch: EmulatedLaunch = {}) {
  const world = createWorld()
  return { ...world, runtime: world.phone(LIN.id, TEA, launch) }
}

describe('the realtime phone button', () => {
  test('gives a code and nothing else; the server exchanges it like the other', async () => {
    const { runtime, phoneByCode } = createPhone()
    const [event] = await runtime.tap('getRealtimePhoneNumber')
    expect(event).toEqual({
      type: 'getrealtimephonenumber',
      detail: { errMsg: 'getRealtimePhoneNumber:ok', code: expect.stringMatching(/^[0-9a-f]{64}$/) },
    })
    const code = event?.type === 'getrealtimephonenumber' ? event.detail.code : undefined
    expect(await phoneByCode({ code })).toMatchObject({ phone_info: { purePhoneNumber: '13800138000' } })
  })

  test('spells a refusal with its own name', async () => {
    const { runtime } = createPhone()
    runtime.decide({ decision: 'deny' })
    const [ios] = await runtime.tap('getRealtimePhoneNumber')
    expect(ios?.detail).toEqual({ errMsg: 'getRealtimePhoneNumber:fail user deny', errno: 103 })
    const android = createPhone({ device: { platform: 'android' }, decide: { decision: 'cancel' } }).runtime
    const [event] = await android.tap('getRealtimePhoneNumber')
    expect(event?.detail).toEqual({ errMsg: 'getRealtimePhoneNumber:fail:user cancel' })
  })

  test('came with base library 2.24.4: before, a tap brings nothing', async () => {
    expect(await createPhone({ device: { sdkVersion: '2.24.3' } }).runtime.tap('getRealtimePhoneNumber')).toEqual([])
    const { wx } = createPhone({ device: { sdkVersion: '2.24.3' } }).runtime
    expect(wx.canIUse('button.open-type.getRealtimePhoneNumber')).toBe(false)
    expect(wx.canIUse('button.open-type.getPhoneNumber')).toBe(true)
    expect(wx.canIUse('input.bindnicknamereview')).toBe(false)
    expect(wx.canIUse('input.type.nickname')).toBe(true)
    expect(wx.canIUse('button.getPhoneNumber')).toBe(false)
  })

  test('pays by itself: without quota errno 1400001, and a toast unless the button does without', async () => {
    const toasts: WxToast[] = []
    const { runtime, control } = createPhone({ ui: { showToast: toast => toasts.push(toast) } })
    control.changeBilling(TEA.appId, { realtime: { trialLeft: 0 } })
    const [event] = await runtime.tap('getRealtimePhoneNumber')
    expect(event?.detail).toEqual({ errMsg: 'getRealtimePhoneNumber:fail', errno: 1_400_001 })
    expect(toasts).toHaveLength(1)
    await runtime.tap('getRealtimePhoneNumber', { phoneNumberNoQuotaToast: false })
    expect(toasts).toHaveLength(1)
    expect((await runtime.tapPhoneButton()).errMsg).toBe('getPhoneNumber:ok')
  })
})

describe('chooseAvatar', () => {
  test('gives a temporary path as its platform spells it', async () => {
    const pathOf = async (launch: EmulatedLaunch) => (await createPhone(launch).runtime.tap('chooseAvatar'))[0]?.detail
    expect(await pathOf({})).toEqual({
      errMsg: 'chooseAvatar:ok',
      avatarUrl: expect.stringMatching(/^wxfile:\/\/tmp_[0-9a-f]{32}\.gif$/),
    })
    expect(await pathOf({ device: { platform: 'devtools' } })).toMatchObject({
      avatarUrl: expect.stringMatching(/^http:\/\/tmp\/[0-9a-f]{32}\.gif$/),
    })
  })

  test('a picture that fails the check has no event since 2.24.4', async () => {
    const failing = { decideDialog: { decision: 'allow', passes: false } } as const
    expect(await createPhone(failing).runtime.tap('chooseAvatar')).toEqual([])
    const before = createPhone({ ...failing, device: { sdkVersion: '2.24.3' } }).runtime
    expect(await before.tap('chooseAvatar')).toMatchObject([{ detail: { errMsg: 'chooseAvatar:ok' } }])
  })

  test('closing it is a cancel; a second one meanwhile is refused', async () => {
    const { runtime } = createPhone()
    let close: () => void = () => {}
    runtime.decideDialog(
      'avatar',
      () =>
        new Promise(resolve => {
          close = () => resolve({ decision: 'cancel' })
        }),
    )
    const first = runtime.tap('chooseAvatar')
    await settled()
    expect(await runtime.tap('chooseAvatar')).toEqual([
      { type: 'chooseavatar', detail: { errMsg: 'chooseAvatar:fail another chooseAvatar is in progress' } },
    ])
    close()
    expect(await first).toEqual([{ type: 'chooseavatar', detail: { errMsg: 'chooseAvatar:fail cancel' } }])
  })

  test('hands over the picture that the host drew from', async () => {
    const { runtime } = createPhone()
    runtime.decideDialog('avatar', { decision: 'allow', avatarUrl: 'blob:phone/1' })
    expect(await runtime.tap('chooseAvatar')).toMatchObject([{ detail: { avatarUrl: 'blob:phone/1' } }])
  })
})

describe('the nickname input', () => {
  const blur = (text: string, launch: EmulatedLaunch = {}) => createPhone(launch).runtime.blurNickname(text)

  test('is checked when it is left, and cleared when the text does not pass', async () => {
    expect(await blur('林间')).toEqual({ value: '林间', review: { pass: true, timeout: false } })
    const failing = { decideDialog: { decision: 'deny' } } as const
    expect(await blur('坏', failing)).toEqual({ value: '', review: { pass: false, timeout: false } })
    const slow = { decideDialog: { decision: 'never' } } as const
    expect(await blur('慢', slow)).toEqual({ value: '慢', review: { pass: false, timeout: true } })
  })

  test('has no event before 2.29.1 and no check before 2.24.4', async () => {
    const failing = { decideDialog: { decision: 'deny' } } as const
    expect(await blur('坏', { ...failing, device: { sdkVersion: '2.29.0' } })).toEqual({ value: '' })
    expect(await blur('坏', { ...failing, device: { sdkVersion: '2.24.3' } })).toEqual({ value: '坏' })
  })

  test('is an ordinary input while privacy is not agreed', async () => {
    const runtime = createWorld({ apps: [{ ...TEA, privacy: {} }] }).phone()
    runtime.decideDialog('nickname-review', { decision: 'deny' })
    expect(await runtime.blurNickname('坏')).toEqual({ value: '坏' })
    await runtime.wx.requirePrivacyAuthorize()
    expect(await runtime.blurNickname('坏')).toMatchObject({ value: '' })
    const undeclared = createWorld({ apps: [{ ...TEA, privacy: { declares: [], required: false } }] }).phone()
    undeclared.decideDialog('nickname-review', { decision: 'deny' })
    expect(await undeclared.blurNickname('坏')).toEqual({ value: '坏' })
  })
})

describe('bugs of Android phones, when they are switched on', () => {
  const android = { platform: 'android' } as const
  const add = { decision: 'add', phone: { number: '13700137000' } } as const

  test('a number that was added never arrives, though the person has it now', async () => {
    const { runtime, control } = createPhone({ device: android, decide: add, bugs: { addedNumberIsLost: true } })
    expect(await runtime.tap('getPhoneNumber')).toEqual([])
    expect(control.people.all().find(({ id }) => id === LIN.id)?.phones).toHaveLength(3)
    const ios = createPhone({ decide: add, bugs: { addedNumberIsLost: true } }).runtime
    expect(await ios.tap('getPhoneNumber')).toHaveLength(1)
    expect(await createPhone({ device: android, decide: add }).runtime.tap('getPhoneNumber')).toHaveLength(1)
  })

  test('a phone button in a nested component is dead', async () => {
    const { runtime } = createPhone({ device: android, bugs: { nestedPhoneIsDead: true } })
    expect(await runtime.tap('getPhoneNumber', { nested: true })).toEqual([])
    expect(await runtime.tap('getPhoneNumber')).toHaveLength(1)
    expect(await createPhone({ device: android }).runtime.tap('getPhoneNumber', { nested: true })).toHaveLength(1)
  })
})

test('a phone sheet that is never answered keeps the tap waiting', async () => {
  const { runtime } = createPhone({ decide: { decision: 'never' } })
  let ended = false
  void runtime.tap('getPhoneNumber').then(() => {
    ended = true
  })
  await settled()
  expect(ended).toBe(false)
})

test('an open-type that nobody knows brings nothing', async () => {
  const { runtime } = createPhone()
  for (const openType of ['', 'share', 'toString', 'getUserInfo|getPhoneNumber'])
    expect(await runtime.tap(openType)).toEqual([])
})
