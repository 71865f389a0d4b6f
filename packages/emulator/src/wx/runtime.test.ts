import { describe, expect, test, vi } from 'vitest'
import { createWorld, TEA } from '../../test/world.ts'
import { createWxRuntime } from './runtime.ts'

describe('wx', () => {
  test('calls back in both styles: callbacks and nothing, or a promise', async () => {
    const { wx } = createWorld().phone()
    const told = await new Promise<string[]>(resolve => {
      const order: string[] = []
      const answer = wx.login({
        success: ({ code, errMsg }) => order.push('success', errMsg, String(code.length)),
        complete: () => resolve([...order, 'complete']),
      })
      expect(answer).toBeUndefined()
      order.push('returned')
    })
    expect(told).toEqual(['returned', 'success', 'login:ok', '32', 'complete'])
    await expect(wx.login()).resolves.toEqual({ code: expect.any(String), errMsg: 'login:ok' })
  })

  test('what a callback throws reaches the host, and complete is called all the same', async () => {
    const onError = vi.fn()
    const { wx } = createWorld().phone(undefined, undefined, { onError })
    const oops = new Error('oops')
    await new Promise<void>(resolve => {
      wx.login({
        success: () => {
          throw oops
        },
        complete: () => resolve(),
      })
    })
    expect(onError.mock.calls).toEqual([[oops]])
  })

  test('is one object per launch, and frameworks may add to it', () => {
    const { phone } = createWorld()
    const [one, other] = [phone().wx, phone().wx]
    one.webpackJsonp = [1]
    one.createPage = () => {}
    expect(other.webpackJsonp).toBeUndefined()
    expect(one.env).toEqual({ USER_DATA_PATH: 'http://usr' })
    expect(one.preloadAssets).toBeUndefined()
  })

  test('login gives up after its own timeout', async () => {
    const never = () => new Promise<never>(() => {})
    const cloud = {
      login: never,
      checkSession: never,
      openPhoneSheet: never,
      closePhoneSheet: never,
      consents: never,
      setScopes: never,
      agreePrivacy: never,
      userInfo: never,
      latestUserKey: never,
      remove: never,
      note: never,
    }
    const waits: number[] = []
    const timers = {
      after(ms: number, run: () => void) {
        waits.push(ms)
        run()
        return () => {}
      },
    }
    const { wx } = createWxRuntime({ app: TEA, personId: 'lin', cloud, timers })
    await expect(wx.login({ timeout: 1000 })).rejects.toEqual({ errMsg: 'login:fail timeout', errno: 5 })
    expect(waits).toEqual([1000])
  })

  test('an old base library lacks what came later, and canIUse knows', () => {
    const { phone } = createWorld()
    const old = phone(undefined, undefined, { device: { sdkVersion: '2.14.0' } }).wx
    expect(old.getRandomValues).toBeUndefined()
    expect(old.canIUse('getRandomValues')).toBe(false)
    expect(old.canIUse('login')).toBe(true)
    const { wx } = phone()
    expect(wx.canIUse('getRandomValues')).toBe(true)
    expect(wx.canIUse('button.open-type.getPhoneNumber')).toBe(true)
    expect(wx.canIUse('button')).toBe(true)
    expect(wx.canIUse('button.open-type.fly')).toBe(false)
    expect(wx.canIUse('fly')).toBe(false)
    expect(wx.canIUse('')).toBe(false)
  })

  test('failures of base libraries before 2.24.0 carry no errno', async () => {
    const { phone } = createWorld()
    const old = phone(undefined, undefined, { device: { sdkVersion: '2.23.4' } }).wx
    const failure = await new Promise(resolve => old.request({ url: 'x', fail: resolve }))
    expect(failure).toEqual({ errMsg: 'request:fail invalid url "x"' })
  })

  test('nextTick runs after the current code', async () => {
    const { wx } = createWorld().phone()
    const order: string[] = []
    wx.nextTick(() => order.push('tick'))
    order.push('now')
    await Promise.resolve()
    expect(order).toEqual(['now', 'tick'])
  })

  test('random bytes follow from the seed', async () => {
    const draw = async (seed: number) => {
      const { wx } = createWorld({ seed }).phone()
      const { randomValues } = await wx.getRandomValues({ length: 16 })
      return Buffer.from(randomValues).toString('hex')
    }
    expect(await draw(1)).toMatch(/^[0-9a-f]{32}$/)
    expect(await draw(1)).toBe(await draw(1))
    expect(await draw(1)).not.toBe(await draw(2))
    const { wx } = createWorld().phone()
    for (const length of [0, 1.5, 1_048_577])
      await expect(wx.getRandomValues({ length })).rejects.toEqual({ errMsg: 'getRandomValues:fail invalid length' })
  })

  test('tells what phone and app it runs on', () => {
    const { phone } = createWorld()
    const { wx } = phone(undefined, undefined, { device: { platform: 'android', sdkVersion: '3.0.0' } })
    expect(wx.getSystemInfoSync()).toMatchObject({ platform: 'android', SDKVersion: '3.0.0', host: { env: 'WeChat' } })
    expect(wx.getAppBaseInfo().SDKVersion).toBe('3.0.0')
    expect(wx.getDeviceInfo().platform).toBe('android')
    expect(wx.getWindowInfo()).toMatchObject({ windowWidth: 393 })
    expect(wx.getSystemSetting()).toHaveProperty('wifiEnabled')
    expect(wx.getAppAuthorizeSetting()).toHaveProperty('cameraAuthorized')
    expect(wx.getAccountInfoSync()).toEqual({
      miniProgram: { appId: 'wx0000000000000001', envVersion: 'develop', version: '' },
      plugin: {},
    })
  })

  test('shows toasts and modals through the host', async () => {
    const shown: unknown[] = []
    const { wx } = createWorld().phone(undefined, undefined, {
      ui: {
        showToast: toast => shown.push(toast),
        hideToast: () => shown.push('hidden'),
        showLoading: ({ title }) => shown.push(title),
        hideLoading: () => shown.push('loaded'),
        showModal: async ({ title, confirmText }) => {
          shown.push([title, confirmText])
          return false
        },
        setClipboardData: text => shown.push(text),
      },
    })
    await wx.showToast({ title: '好' })
    await wx.hideToast()
    await wx.showLoading({ title: '稍候' })
    await wx.hideLoading()
    expect(await wx.showModal({ title: '真的吗' })).toMatchObject({ confirm: false, cancel: true })
    await wx.setClipboardData({ data: '抄下' })
    expect(await wx.getClipboardData()).toMatchObject({ data: '抄下' })
    expect(shown).toEqual([
      { title: '好', icon: 'success', duration: 1500 },
      'hidden',
      '稍候',
      'loaded',
      ['真的吗', '确定'],
      '抄下',
    ])
  })

  test('leaves navigation to whoever owns the pages', async () => {
    const runtime = createWorld().phone()
    await expect(runtime.wx.navigateTo({ url: '/pages/a' })).rejects.toEqual({
      errMsg: 'navigateTo:fail page "/pages/a" is not found',
    })
    await expect(runtime.wx.navigateBack()).rejects.toEqual({
      errMsg: 'navigateBack:fail cannot navigate back at first page.',
    })
    const moves: unknown[] = []
    runtime.navigateWith(move => void moves.push(move))
    await runtime.wx.reLaunch({ url: '/pages/b' })
    await runtime.wx.navigateBack({ delta: 2 })
    expect(moves).toEqual([
      { kind: 'reLaunch', url: '/pages/b' },
      { kind: 'navigateBack', delta: 2 },
    ])
  })
})
