import { decryptOpenData } from '@weapp-auth/protocol/wechat'
import { describe, expect, test } from 'vitest'
import { createWorld, TEA } from '../test/world.ts'

describe('one tap, end to end', () => {
  test('login, consent, and both ways to the number', async () => {
    const { phone, session, phoneByCode } = createWorld()
    const runtime = phone()

    const { code } = await runtime.wx.login()
    const { openid, session_key: sessionKey } = await session(code)
    const detail = await runtime.tapPhoneButton()

    expect(openid).toMatch(/^o[\w-]{27}$/)
    expect(detail.errMsg).toBe('getPhoneNumber:ok')
    const { encryptedData = '', iv = '' } = detail
    const plain = { phoneNumber: '13800138000', purePhoneNumber: '13800138000', countryCode: '86' }
    expect(decryptOpenData({ sessionKey: String(sessionKey), encryptedData, iv })).toMatchObject(plain)
    expect(await phoneByCode({ code: detail.code, openid })).toMatchObject({
      errcode: 0,
      errmsg: 'ok',
      phone_info: { ...plain, watermark: { appid: TEA.appId } },
    })
  })

  test('the same seed and clock give the same codes, keys and bytes', async () => {
    const run = async () => {
      const { phone, session, stable } = createWorld({ seed: 7 })
      const runtime = phone()
      const { code } = await runtime.wx.login()
      return [code, await session(code), await runtime.tapPhoneButton(), await stable()]
    }
    expect(await run()).toEqual(await run())
  })
})
