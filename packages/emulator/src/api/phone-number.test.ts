import { describe, expect, test } from 'vitest'
import { BOOKS, createWorld, LIN, TEA, WANG } from '../../test/world.ts'

const HINT = /^invalid code hint: \[[A-Za-z0-9-]{16}\] rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/

describe('POST /wxa/business/getuserphonenumber', () => {
  test('gives the number; a foreign one carries its country code', async () => {
    const { phone, phoneByCode, control } = createWorld()
    const runtime = phone()
    const home = await runtime.tapPhoneButton()
    runtime.decide({ decision: 'allow', phone: 1 })
    const abroad = await runtime.tapPhoneButton()
    const timestamp = Math.floor(control.clock.now() / 1000)
    expect(await phoneByCode({ code: home.code })).toEqual({
      errcode: 0,
      errmsg: 'ok',
      phone_info: {
        phoneNumber: '13800138000',
        purePhoneNumber: '13800138000',
        countryCode: '86',
        watermark: { timestamp, appid: TEA.appId },
      },
    })
    expect(await phoneByCode({ code: abroad.code })).toMatchObject({
      phone_info: { phoneNumber: '85261234567', purePhoneNumber: '61234567', countryCode: '852' },
    })
  })

  test('needs no login before the tap', async () => {
    const { phone, phoneByCode } = createWorld()
    const { code } = await phone().tapPhoneButton()
    expect(await phoneByCode({ code })).toMatchObject({ errcode: 0 })
  })

  test('a code works once', async () => {
    const { phone, phoneByCode } = createWorld()
    const { code } = await phone().tapPhoneButton()
    await phoneByCode({ code })
    expect(await phoneByCode({ code })).toEqual({ errcode: 40029, errmsg: expect.stringMatching(HINT) })
  })

  test('the five minutes of a code begin with the tap, not with the consent', async () => {
    const { phone, phoneByCode, control, noted } = createWorld()
    const runtime = phone()
    runtime.decide(() => {
      control.clock.advance(299_000)
      return { decision: 'allow' }
    })
    const { code } = await runtime.tapPhoneButton()
    control.clock.advance(1000)
    expect(await phoneByCode({ code })).toMatchObject({ errcode: 40029 })
    expect(noted('POST /wxa/business/getuserphonenumber')?.text.en).toContain('300 s since the tap')
  })

  test('refuses a login code', async () => {
    const { login, phoneByCode, noted } = createWorld()
    expect(await phoneByCode({ code: await login() })).toMatchObject({ errcode: 40029 })
    expect(noted('POST /wxa/business/getuserphonenumber')?.text.zh).toBe('这是登录凭证，不是手机号凭证')
  })

  test('refuses a token of another app, and the code stays good', async () => {
    const { phone, phoneByCode, stableToken } = createWorld()
    const { code } = await phone().tapPhoneButton()
    expect(await phoneByCode({ code }, await stableToken(BOOKS))).toMatchObject({
      errcode: 40013,
      errmsg: expect.stringMatching(/^invalid appid hint: \[/),
    })
    expect(await phoneByCode({ code })).toMatchObject({ errcode: 0 })
  })

  test('refuses the openid of somebody else', async () => {
    const { phone, phoneByCode, control } = createWorld()
    const { code } = await phone().tapPhoneButton()
    const [lin, wang] = [LIN, WANG].map(({ id }) => control.people.openId(id, TEA.appId))
    expect(await phoneByCode({ code, openid: wang })).toMatchObject({ errcode: 40029 })
    expect(await phoneByCode({ code, openid: lin })).toMatchObject({ errcode: 0 })
  })

  test('the errcode of that refusal is not documented, so it can be chosen, or the field ignored', async () => {
    const errcodeWith = async (openIdMismatch: number | 'ignored') => {
      const { phone, phoneByCode } = createWorld({ unverified: { openIdMismatch } })
      const { code } = await phone().tapPhoneButton()
      return (await phoneByCode({ code, openid: 'oSomebodyElse' })).errcode
    }
    expect(await errcodeWith(40003)).toBe(40003)
    expect(await errcodeWith('ignored')).toBe(0)
  })

  test('can write countryCode as a number, as older samples show it', async () => {
    const { phone, phoneByCode } = createWorld({ unverified: { countryCode: 'number' } })
    const { code } = await phone().tapPhoneButton()
    expect(await phoneByCode({ code })).toMatchObject({ phone_info: { countryCode: 86 } })
  })

  test('refuses bodies without what it needs', async () => {
    const { phoneByCode } = createWorld()
    expect(await phoneByCode('')).toMatchObject({ errcode: 44002 })
    expect(await phoneByCode('code=1')).toMatchObject({ errcode: 47001 })
    expect(await phoneByCode({})).toMatchObject({ errcode: 47001 })
    expect(await phoneByCode({ code: 7 })).toMatchObject({ errcode: 47001 })
    expect(await phoneByCode({ code: 'x', openid: {} })).toMatchObject({ errcode: 47001 })
    expect(await phoneByCode({ code: 'x' })).toMatchObject({ errcode: 40029 })
  })

  test('writes neither the code nor the number into the journal', async () => {
    const { phone, phoneByCode, control } = createWorld()
    const { code = '' } = await phone().tapPhoneButton()
    await phoneByCode({ code })
    const journal = JSON.stringify(control.journal.entries())
    expect(journal).not.toContain(code)
    expect(journal).not.toContain('13800138000')
    expect(journal).toContain('138******00')
  })
})
