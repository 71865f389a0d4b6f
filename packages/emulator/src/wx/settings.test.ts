import { describe, expect, test } from 'vitest'
import { createWorld, LIN, TEA, WANG } from '../../test/world.ts'
import type { WxRuntime } from './runtime.ts'

const settled = () => new Promise(resolve => setTimeout(resolve, 5))
const deny = { errMsg: 'authorize:fail auth deny' }

async function scopesOf({ wx }: WxRuntime) {
  return (await wx.getSetting()).authSetting
}

describe('authorize', () => {
  test('asks once; what was allowed is not asked about again', async () => {
    const runtime = createWorld().phone()
    const asked: string[] = []
    runtime.decideDialog('scope', dialog => {
      if (dialog.kind === 'scope') asked.push(dialog.scope)
      return { decision: 'allow' }
    })
    expect(await scopesOf(runtime)).toEqual({})
    await runtime.wx.authorize({ scope: 'scope.camera' })
    expect(await runtime.wx.authorize({ scope: 'scope.camera' })).toEqual({ errMsg: 'authorize:ok' })
    expect(asked).toEqual(['scope.camera'])
    expect(await scopesOf(runtime)).toEqual({ 'scope.camera': true })
  })

  test('a refused scope fails from then on without a dialog, at the next launch as well', async () => {
    const { phone } = createWorld()
    const runtime = phone()
    runtime.decideDialog('scope', { decision: 'deny' })
    await expect(runtime.wx.authorize({ scope: 'scope.record' })).rejects.toEqual(deny)
    const next = phone()
    next.decideDialog('scope', () => {
      throw new Error('no dialog should open')
    })
    await expect(next.wx.authorize({ scope: 'scope.record' })).rejects.toEqual(deny)
    expect(await scopesOf(phone(WANG.id))).toEqual({})
  })

  test('a dialog that was closed is asked again, one that is never answered stays', async () => {
    const runtime = createWorld().phone()
    runtime.decideDialog('scope', { decision: 'cancel' })
    await expect(runtime.wx.authorize({ scope: 'scope.record' })).rejects.toHaveProperty(
      'errMsg',
      'authorize:fail auth cancel',
    )
    expect(await scopesOf(runtime)).toEqual({})
    runtime.decideDialog('scope', { decision: 'never' })
    const ended: unknown[] = []
    runtime.wx.authorize({ scope: 'scope.record', complete: result => ended.push(result) })
    await settled()
    expect(ended).toEqual([])
  })

  test('user info needs nobody’s consent since 2021-04-28, and has no dialog before', async () => {
    const runtime = createWorld().phone()
    runtime.decideDialog('scope', { decision: 'deny' })
    await runtime.wx.authorize({ scope: 'scope.userInfo' })
    expect(await scopesOf(runtime)).toEqual({ 'scope.userInfo': true })
    const old = createWorld({ apps: [{ ...TEA, publishedAt: Date.UTC(2021, 3, 28) }] }).phone()
    await expect(old.wx.authorize({ scope: 'scope.userInfo' })).rejects.toHaveProperty(
      'errMsg',
      'authorize:fail scope unauthorized',
    )
  })

  test('knows no scope for the phone number, and none without a name', async () => {
    const { wx } = createWorld().phone()
    await expect(wx.authorize({ scope: 'scope.phoneNumber' })).rejects.toEqual({
      errMsg: 'authorize:fail invalid scope',
    })
    await expect(wx.authorize({} as never)).rejects.toHaveProperty('errno', 1001)
  })
})

describe('the settings page', () => {
  test('opens in a tap only; what the person turns there counts from then on', async () => {
    const runtime = createWorld().phone()
    await runtime.wx.authorize({ scope: 'scope.camera' })
    await expect(runtime.wx.openSetting()).rejects.toEqual({
      errMsg: 'openSetting:fail can only be invoked by user TAP gesture.',
    })
    runtime.decideDialog('settings', {
      decision: 'allow',
      scopes: { 'scope.camera': false, 'scope.record': true },
    })
    const opened = await runtime.inTap(() => runtime.wx.openSetting({ withSubscriptions: true }))
    expect(opened).toEqual({
      errMsg: 'openSetting:ok',
      // What was never asked for has no switch.
      authSetting: { 'scope.camera': false },
      subscriptionsSetting: { mainSwitch: true, itemSettings: {} },
    })
    expect(await scopesOf(runtime)).toEqual({ 'scope.camera': false })
  })

  test('opens by its button, and needs no tap before base library 2.3.0', async () => {
    const runtime = createWorld().phone()
    expect(await runtime.tap('openSetting')).toEqual([
      { type: 'opensetting', detail: { errMsg: 'openSetting:ok', authSetting: {} } },
    ])
    const old = createWorld().phone(LIN.id, TEA, { device: { sdkVersion: '2.2.9' } })
    expect((await old.wx.openSetting()).errMsg).toBe('openSetting:ok')
  })
})

describe('a tap', () => {
  test('lasts for its handlers and one task more, not for the answer of another call', async () => {
    const runtime = createWorld().phone()
    const tapped = { errMsg: 'openSetting:ok' }
    const tooLate = { errMsg: 'openSetting:fail can only be invoked by user TAP gesture.' }
    const inTask = new Promise(resolve =>
      runtime.inTap(() => runtime.timers.setTimeout(() => resolve(runtime.wx.openSetting()), 0)),
    )
    expect(await inTask).toMatchObject(tapped)
    await settled()
    await expect(runtime.wx.openSetting()).rejects.toEqual(tooLate)
    await expect(runtime.inTap(() => runtime.wx.login().then(() => runtime.wx.openSetting()))).rejects.toEqual(tooLate)
  })
})
