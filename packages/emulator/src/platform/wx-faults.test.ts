import { describe, expect, test } from 'vitest'
import { createWorld, LIN, TEA, WANG } from '../../test/world.ts'
import { createHttpCloud, createWxRuntime } from '../wx/index.ts'
import type { WxFault } from './wx-faults.ts'

const settle = () => new Promise(resolve => setTimeout(resolve))

describe('a fault of a wx call', () => {
  test('fails with the words and the number that were asked for, once', async () => {
    const { control, phone, noted } = createWorld()
    control.wxFaults.next({ call: 'login', fault: { fail: 'internal error', errno: 4 } })
    await expect(phone().wx.login()).rejects.toEqual({ errMsg: 'login:fail internal error', errno: 4 })
    expect(noted('wx-fault')?.text.en).toBe('as you asked, login fails: internal error (before the effect)')
    expect(await phone().wx.login()).toHaveProperty('code')
  })

  test('never: wx.login calls nothing back, unless it has a timeout of its own', async () => {
    const { control, phone } = createWorld()
    control.wxFaults.next({ call: 'login', fault: 'never', times: 2 })
    const called: unknown[] = []
    phone().wx.login({ complete: result => void called.push(result) })
    const timed = phone().wx.login({ timeout: 3000 })
    await settle()
    control.clock.advance(3000)
    await expect(timed).rejects.toEqual({ errMsg: 'login:fail timeout', errno: 5 })
    expect(called).toEqual([])
  })

  test('after the effect, WeChat has done it all the same', async () => {
    const { control, phone, noted } = createWorld({ minKeyAgeMs: 0 })
    control.wxFaults.next({ call: 'login', fault: { fail: 'lost' }, when: 'after' })
    await expect(phone().wx.login()).rejects.toEqual({ errMsg: 'login:fail lost', errno: 108 })
    expect(noted('wx.login')?.facts).toMatchObject({ keyGeneration: 1 })
  })

  test('the phone button fails with it, before the sheet or after the person agreed', async () => {
    const { control, phone } = createWorld()
    control.wxFaults.next({ call: 'openPhoneSheet', fault: { fail: 'system error' } })
    control.wxFaults.next({ call: 'closePhoneSheet', fault: { fail: 'lost' }, when: 'after' })
    expect((await phone().tapPhoneButton()).errMsg).toBe('getPhoneNumber:fail system error')
    expect((await phone().tapPhoneButton()).errMsg).toBe('getPhoneNumber:fail lost')
    expect((await phone().tapPhoneButton()).errMsg).toBe('getPhoneNumber:ok')
  })

  test('can be meant for one person or one app, and last until it is cleared', async () => {
    const { control, phone } = createWorld()
    control.wxFaults.next({
      call: 'login',
      fault: { fail: 'no' },
      personId: LIN.id,
      appId: TEA.appId,
      times: 'forever',
    })
    expect(await phone(WANG.id).wx.login()).toHaveProperty('code')
    for (let call = 0; call < 3; call += 1) await expect(phone().wx.login()).rejects.toHaveProperty('errno', 108)
    control.wxFaults.clear()
    expect(await phone().wx.login()).toHaveProperty('code')
  })

  test('reaches a runtime over HTTP', async () => {
    const { emulator, ask, control } = createWorld()
    const post = (path: string, body: object) =>
      ask(`/_emulator${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      })
    expect(await post('/wx-faults', { call: 'login', fault: { fail: 'busy', errno: 1003 } })).toEqual({ ok: true })
    const cloud = createHttpCloud({ baseUrl: 'http://emulator.test', fetch: emulator.fetch })
    const { wx } = createWxRuntime({ app: TEA, personId: LIN.id, cloud })
    await expect(wx.login()).rejects.toEqual({ errMsg: 'login:fail busy', errno: 1003 })
    await post('/wx-faults', { call: 'login', fault: 'never', times: 'forever' })
    expect(await post('/wx-faults/clear', {})).toEqual({ ok: true })
    expect(control.wxFaults.pending()).toEqual([])
  })

  test('a call that is never answered ends with the emulator', async () => {
    const { control, phone, emulator } = createWorld()
    control.wxFaults.next({ call: 'checkSession', fault: 'never' })
    const waiting = phone().wx.checkSession()
    await settle()
    emulator.close()
    await expect(waiting).rejects.toHaveProperty('errMsg', 'checkSession:fail the emulator is closed')
  })

  test('a plan with a mistake is refused and names the field', () => {
    const { control } = createWorld()
    const plan = (change: object) => () =>
      control.wxFaults.next({ call: 'login', fault: 'never', ...change } as WxFault)
    expect(plan({ call: 'note' })).toThrow('"call" must be one of "login", "checkSession"')
    expect(plan({ fault: 'always' })).toThrow('"fault" must be "never" or { fail }')
    expect(plan({ fault: { fail: '' } })).toThrow('"fault.fail" must be')
    expect(plan({ fault: { fail: 'x', errno: 1.5 } })).toThrow('"fault.errno" must be')
    expect(plan({ when: 'later' })).toThrow('"when" must be')
    expect(plan({ times: 0 })).toThrow('"times" must be')
  })
})
