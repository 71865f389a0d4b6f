import { decryptOpenData } from '@weapp-auth/protocol/wechat'
import { describe, expect, test } from 'vitest'
import { createWorld, LIN, TEA } from '../../test/world.ts'

const MINUTES = 60_000

/** Logs in inside the phone callback, as many pages do, and tries the key that comes of it. */
async function loginInTheCallback(world: ReturnType<typeof createWorld>): Promise<boolean> {
  const runtime = world.phone()
  const { encryptedData = '', iv = '' } = await runtime.tapPhoneButton()
  const { code } = await runtime.wx.login()
  const sessionKey = String((await world.session(code)).session_key)
  try {
    decryptOpenData({ sessionKey, encryptedData, iv })
    return true
  } catch {
    return false
  }
}

describe('the trap', () => {
  test('a login inside the phone callback gives a key that does not open the data', async () => {
    const world = createWorld({ minKeyAgeMs: 0 })
    await world.login()
    expect(await loginInTheCallback(world)).toBe(false)
    expect(world.noted('decrypt-will-fail')?.text).toEqual({
      zh: '解密会失败：密文由第 1 代 session_key 加密，这个登录凭证给的是第 2 代',
      en: 'decrypt will fail: the ciphertext was made with key generation 1, this code gives generation 2',
    })
  })

  test('while the key is young the same mistake works: the "sometimes" face of it', async () => {
    const world = createWorld()
    await world.login()
    world.control.clock.advance(5 * MINUTES - 1)
    expect(await loginInTheCallback(world)).toBe(true)
    expect(world.noted('decrypt-will-fail')).toBeUndefined()
    world.control.clock.advance(1)
    expect(await loginInTheCallback(world)).toBe(false)
  })

  test('login before the tap, exchanged at once, always works', async () => {
    const world = createWorld({ minKeyAgeMs: 0 })
    const runtime = world.phone()
    const { session_key } = await world.session((await runtime.wx.login()).code)
    const { encryptedData = '', iv = '' } = await runtime.tapPhoneButton()
    const data = decryptOpenData({ sessionKey: String(session_key), encryptedData, iv })
    expect(data).toMatchObject({ purePhoneNumber: '13800138000' })
  })

  test('a key that was replaced elsewhere before the tap is told in the journal', async () => {
    const world = createWorld()
    await world.session(await world.login())
    world.control.rotateKey(LIN.id, TEA.appId)
    await world.phone().tapPhoneButton()
    expect(world.noted('decrypt-will-fail')?.text.en).toBe(
      'decrypt will fail: the ciphertext was made with key generation 2, the server holds 1',
    )
  })

  test('data is made with the key of the tap, even if the person thinks until another one is current', async () => {
    const world = createWorld({ minKeyAgeMs: 0 })
    const runtime = world.phone()
    const sessionKey = String((await world.session((await runtime.wx.login()).code)).session_key)
    runtime.decide(async () => {
      await world.login()
      return { decision: 'allow' }
    })
    const { encryptedData = '', iv = '' } = await runtime.tapPhoneButton()
    expect(decryptOpenData({ sessionKey, encryptedData, iv })).toMatchObject({ countryCode: '86' })
  })
})

describe('session keys', () => {
  test('three logins within minutes give three codes and one key; after the minimum age a new one', async () => {
    const { login, session, control } = createWorld()
    const codes = [await login(), await login(), await login()]
    expect(new Set(codes).size).toBe(3)
    const keys = await Promise.all(codes.map(async code => (await session(code)).session_key))
    expect(new Set(keys).size).toBe(1)
    control.clock.advance(5 * MINUTES)
    expect((await session(await login())).session_key).not.toBe(keys[0])
  })

  test('a code gives the key of its own login, also when a newer one is current', async () => {
    const { login, session, noted } = createWorld({ minKeyAgeMs: 0 })
    const [first, second] = [await login(), await login()]
    const newer = await session(second)
    const older = await session(first)
    expect(older.session_key).not.toBe(newer.session_key)
    expect(noted('GET /sns/jscode2session')?.facts).toMatchObject({ keyGeneration: 1, currentGeneration: 2 })
  })

  test('wx.checkSession fails when the key was replaced behind its back, until the next login', async () => {
    const { phone, control } = createWorld()
    const { wx } = phone()
    await wx.login()
    await expect(wx.checkSession()).resolves.toEqual({ errMsg: 'checkSession:ok' })
    control.rotateKey(LIN.id, TEA.appId)
    await expect(wx.checkSession()).rejects.toEqual({
      errMsg: 'checkSession:fail 系统错误，错误码：-13001,session time out, need relogin',
    })
    await wx.login()
    await expect(wx.checkSession()).resolves.toBeTruthy()
  })

  test('use renews a key; without use it ends after three days', async () => {
    const { phone, control } = createWorld()
    const runtime = phone()
    await runtime.wx.login()
    control.clock.advance(200_000_000)
    await runtime.tapPhoneButton()
    control.clock.advance(200_000_000)
    await expect(runtime.wx.checkSession()).resolves.toBeTruthy()
    control.clock.advance(59_200_000)
    await expect(runtime.wx.checkSession()).rejects.toBeTruthy()
  })
})
