import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MiniProgram } from 'wechat-jssdk'
import { badLogins, books, kwan, lin, openWechat, tea, type Wechat } from './open-wechat.ts'

let wechat: Wechat
let folder: string
let mini: MiniProgram
beforeEach(async () => {
  wechat = await openWechat()
  folder = mkdtempSync(join(tmpdir(), 'wechat-jssdk-'))
  mini = createMiniProgram()
})
afterEach(async () => {
  mini.store.destroy()
  rmSync(folder, { recursive: true, force: true })
  await wechat.close()
})

function createMiniProgram({ appId, secret } = tea) {
  const GET_SESSION_KEY_URL = `${wechat.origin}/sns/jscode2session`
  return new MiniProgram({
    miniProgram: { appId, appSecret: secret, GET_SESSION_KEY_URL },
    storeOptions: { fileStorePath: join(folder, `${appId}.json`) },
  })
}

describe('login', () => {
  test('wechat-jssdk: a login code gives openid, session_key and unionid', async () => {
    expect(await mini.getSession(await wechat.loginCode())).toMatchObject({
      openid: wechat.openId(),
      session_key: expect.stringMatching(/^[A-Za-z0-9+/]{22}==$/),
      unionid: wechat.control.people.unionId('lin', tea.appId),
    })
  })

  test('wechat-jssdk: a code works once', async () => {
    const code = await wechat.loginCode()
    await mini.getSession(code)
    await expect(mini.getSession(code)).rejects.toMatchObject({
      errcode: 40163,
      errmsg: expect.stringMatching(/^code been used, rid: /),
    })
  })

  test.each(badLogins)('wechat-jssdk: %s is refused', async (_, codeOf, errcode, errmsg) => {
    const code = await codeOf(wechat)
    await expect(mini.getSession(code)).rejects.toMatchObject({ errcode, errmsg: expect.stringContaining(errmsg) })
  })

  test('wechat-jssdk: a wrong secret is refused, and the code stays good', async () => {
    const code = await wechat.loginCode()
    const wrong = createMiniProgram({ ...tea, secret: books.secret })
    await expect(wrong.getSession(code)).rejects.toMatchObject({ errcode: 40125 })
    expect(await mini.getSession(code)).toHaveProperty('openid')
  })
})

describe('ciphertext', () => {
  test('wechat-jssdk: opens the phone number with the key of the login', async () => {
    const { session_key } = await mini.getSession(await wechat.loginCode(kwan))
    const { encryptedData, iv } = await wechat.tap(kwan)
    expect(await mini.decryptData(encryptedData, iv, session_key)).toEqual({
      phoneNumber: '85251234567',
      purePhoneNumber: '51234567',
      countryCode: '852',
      watermark: { appid: tea.appId, timestamp: wechat.control.clock.now() / 1000 },
    })
  })

  test('wechat-jssdk: finds the key of the last login by openid', async () => {
    const { openid } = await mini.getSession(await wechat.loginCode())
    const { encryptedData, iv } = await wechat.tap()
    expect(await mini.decryptData(encryptedData, iv, undefined, openid)).toMatchObject({
      purePhoneNumber: '13800138000',
    })
  })

  test('wechat-jssdk: a login between tap and decryption loses the number, for only the last key is kept', async () => {
    const { openid } = await mini.getSession(await wechat.loginCode())
    const { encryptedData, iv } = await wechat.tap()
    wechat.control.rotateKey('lin', tea.appId)
    await mini.getSession(await wechat.loginCode())
    await expect(mini.decryptData(encryptedData, iv, undefined, openid)).rejects.toThrow()
  })

  test('wechat-jssdk: a wrong key and a wrong iv are errors', async () => {
    const { session_key } = await mini.getSession(await wechat.loginCode())
    const other = await mini.getSession(await wechat.loginCode(kwan))
    const { encryptedData, iv } = await wechat.tap()
    await expect(mini.decryptData(encryptedData, iv, other.session_key)).rejects.toThrow()
    const wrongIv = Buffer.from(iv, 'base64').reverse().toString('base64')
    await expect(mini.decryptData(encryptedData, wrongIv, session_key)).rejects.toThrow()
  })

  test('wechat-jssdk: data of another app is refused by its watermark', async () => {
    const shop = createMiniProgram(books)
    const { session_key } = await shop.getSession(await wechat.loginCode(lin, books))
    const { encryptedData, iv } = await wechat.tap(lin, books)
    expect(await shop.decryptData(encryptedData, iv, session_key)).toHaveProperty('purePhoneNumber')
    await expect(mini.decryptData(encryptedData, iv, session_key)).rejects.toThrow('appId not match in watermark')
  })
})

describe('a bad day of WeChat', () => {
  test('wechat-jssdk: "busy" is rejected with -1', async () => {
    wechat.control.faults.next({ api: 'code2Session', fault: 'busy' })
    await expect(mini.getSession(await wechat.loginCode())).rejects.toMatchObject({ errcode: -1 })
  })

  test('wechat-jssdk: an HTML page with status 200 is an error', async () => {
    wechat.control.faults.next({ api: 'code2Session', fault: 'html' })
    await expect(mini.getSession(await wechat.loginCode())).rejects.toThrow()
  })

  test('wechat-jssdk: asks again after a 502 that lost nothing', async () => {
    wechat.control.faults.next({ api: 'code2Session', fault: 'http-502' })
    expect(await mini.getSession(await wechat.loginCode())).toHaveProperty('openid')
    expect(wechat.calls('/sns/jscode2session')).toBe(2)
  })

  test('wechat-jssdk: its own second try spends a code whose answer was lost', async () => {
    wechat.control.faults.next({ api: 'code2Session', fault: 'http-502', when: 'after' })
    await expect(mini.getSession(await wechat.loginCode())).rejects.toMatchObject({ errcode: 40163 })
  })
})
