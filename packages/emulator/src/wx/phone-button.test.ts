import { describe, expect, test } from 'vitest'
import { createWorld, LIN, TEA } from '../../test/world.ts'
import type { PhoneDecision } from '../types.ts'
import type { WxDevice } from './device.ts'

const answered = async (device: Partial<WxDevice>, decision: PhoneDecision) => {
  const runtime = createWorld().phone(undefined, undefined, { device })
  runtime.decide(decision)
  return runtime.tapPhoneButton()
}

describe('the phone button', () => {
  test('hands over code, encryptedData and iv', async () => {
    expect(await answered({}, { decision: 'allow' })).toEqual({
      errMsg: 'getPhoneNumber:ok',
      code: expect.stringMatching(/^[0-9a-f]{64}$/),
      encryptedData: expect.any(String),
      iv: expect.stringMatching(/^[A-Za-z0-9+/]{22}==$/),
    })
  })

  test('has no code before base library 2.21.2', async () => {
    const detail = await answered({ sdkVersion: '2.21.1' }, { decision: 'allow' })
    expect(Object.keys(detail)).toEqual(['errMsg', 'encryptedData', 'iv'])
    expect(await answered({ sdkVersion: '2.21.2' }, { decision: 'allow' })).toHaveProperty('code')
  })

  test('spells a refusal as its platform does', async () => {
    const deny = { decision: 'deny' } as const
    expect(await answered({ platform: 'ios' }, deny)).toEqual({ errMsg: 'getPhoneNumber:fail user deny', errno: 103 })
    expect(await answered({ platform: 'devtools' }, deny)).toEqual({
      errMsg: 'getPhoneNumber:fail user deny',
      errno: 103,
    })
    expect(await answered({ platform: 'android' }, deny)).toEqual({ errMsg: 'getPhoneNumber:fail:user deny' })
    expect(await answered({ sdkVersion: '2.20.0' }, deny)).toEqual({ errMsg: 'getPhoneNumber:fail user deny' })
  })

  test('spells closing the sheet as its platform does', async () => {
    const cancel = { decision: 'cancel' } as const
    expect(await answered({ platform: 'ios' }, cancel)).toEqual({ errMsg: 'getPhoneNumber:fail user cancel' })
    expect(await answered({ platform: 'android' }, cancel)).toEqual({ errMsg: 'getPhoneNumber:fail:user cancel' })
  })

  test('fails without a sheet when the app has no permission', async () => {
    const { phone } = createWorld({ apps: [{ ...TEA, phonePermitted: false }] })
    const runtime = phone()
    runtime.decide(() => {
      throw new Error('no sheet should open')
    })
    expect(await runtime.tapPhoneButton()).toEqual({ errMsg: 'getPhoneNumber:fail no permission' })
  })

  test('shows the app and the masked numbers in the sheet', async () => {
    const runtime = createWorld().phone()
    const sheets: unknown[] = []
    runtime.decide(sheet => {
      sheets.push(sheet)
      return { decision: 'cancel' }
    })
    await runtime.tapPhoneButton()
    expect(sheets).toEqual([
      {
        appId: TEA.appId,
        appName: '茶馆',
        phones: [
          { countryCode: '86', masked: '138****8000' },
          { countryCode: '852', masked: '61****67' },
        ],
      },
    ])
  })

  test('a second tap while the sheet is open is answered as cancelled, the first goes on', async () => {
    const runtime = createWorld().phone()
    let agree: (decision: PhoneDecision) => void = () => {}
    const open = new Promise<void>(opened =>
      runtime.decide(() => {
        opened()
        return new Promise(resolve => {
          agree = resolve
        })
      }),
    )
    const first = runtime.tapPhoneButton()
    expect(await runtime.tapPhoneButton()).toEqual({ errMsg: 'getPhoneNumber:fail user cancel' })
    await open
    expect(await runtime.tapPhoneButton()).toEqual({ errMsg: 'getPhoneNumber:fail user cancel' })
    agree({ decision: 'allow' })
    expect((await first).errMsg).toBe('getPhoneNumber:ok')
    runtime.decide({ decision: 'allow' })
    expect((await runtime.tapPhoneButton()).errMsg).toBe('getPhoneNumber:ok')
  })

  test('a number that is added stays with the person', async () => {
    const { phone, phoneByCode, control } = createWorld()
    const runtime = phone()
    runtime.decide({ decision: 'add', phone: { number: '13700137000' } })
    const { code } = await runtime.tapPhoneButton()
    expect(await phoneByCode({ code })).toMatchObject({ phone_info: { purePhoneNumber: '13700137000' } })
    await runtime.tapPhoneButton()
    expect(control.people.all().find(({ id }) => id === LIN.id)?.phones).toHaveLength(3)
  })

  test('a number that is not there fails and says so', async () => {
    const runtime = createWorld().phone()
    runtime.decide({ decision: 'allow', phone: 5 })
    expect((await runtime.tapPhoneButton()).errMsg).toContain('"decision.phone" must be the index of one of')
  })

  test('two phones of one person can have their sheets open at the same moment', async () => {
    const { phone, phoneByCode } = createWorld()
    const details = await Promise.all([phone().tapPhoneButton(), phone().tapPhoneButton()])
    const codes = details.map(({ code }) => code)
    expect(new Set(codes).size).toBe(2)
    for (const code of codes) expect(await phoneByCode({ code })).toMatchObject({ errcode: 0 })
  })
})
