import { createHash } from 'node:crypto'
import WechatApi from 'co-wechat-api'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { badLogins, books, kwan, lin, openWechat, signatureOf, tea, type Wechat } from './open-wechat.ts'

/** The calls of mini programs that the package lacks, added the way its README says. */
WechatApi.mixin({
  async getPhoneNumber(code: string, openid?: string) {
    const { accessToken } = await this.ensureAccessToken()
    return this.request(
      `${this.wxaPrefix}business/getuserphonenumber?access_token=${accessToken}`,
      json({ code, openid }),
    )
  },
  async checkSession(openid: string, signature: string) {
    const { accessToken } = await this.ensureAccessToken()
    const query = new URLSearchParams({ access_token: accessToken, openid, signature, sig_method: 'hmac_sha256' })
    return this.request(`${this.wxaPrefix}checksession?${query}`)
  },
  async checkEncryptedData(hash: string) {
    const { accessToken } = await this.ensureAccessToken()
    const body = json({ encrypted_msg_hash: hash })
    return this.request(`${this.wxaPrefix}business/checkencryptedmsg?access_token=${accessToken}`, body)
  },
})

const json = (data: unknown) => ({
  method: 'POST',
  data: JSON.stringify(data),
  headers: { 'Content-Type': 'application/json' },
})

function createApi({ origin }: Wechat, { appId, secret } = tea) {
  const api = new WechatApi(appId, secret)
  api.prefix = `${origin}/cgi-bin/`
  api.snsPrefix = `${origin}/sns/`
  api.wxaPrefix = `${origin}/wxa/`
  return api
}

let wechat: Wechat
let api: ReturnType<typeof createApi>
beforeEach(async () => {
  wechat = await openWechat()
  api = createApi(wechat)
})
afterEach(() => wechat.close())

describe('login', () => {
  test('co-wechat-api: a login code gives openid, session_key and unionid', async () => {
    const session = await api.code2Session(await wechat.loginCode())
    expect(session).toEqual({
      openid: wechat.openId(),
      session_key: expect.stringMatching(/^[A-Za-z0-9+/]{22}==$/),
      unionid: wechat.control.people.unionId('lin', tea.appId),
    })
  })

  test('co-wechat-api: an app without open-platform account sees no unionid', async () => {
    const session = await createApi(wechat, books).code2Session(await wechat.loginCode(lin, books))
    expect(session).not.toHaveProperty('unionid')
  })

  test('co-wechat-api: a code works once', async () => {
    const code = await wechat.loginCode()
    await api.code2Session(code)
    await expect(api.code2Session(code)).rejects.toMatchObject({
      code: 40163,
      message: expect.stringMatching(/^code been used, rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/),
    })
  })

  test.each(badLogins)('co-wechat-api: %s is refused', async (_, codeOf, errcode, errmsg) => {
    const code = await codeOf(wechat)
    const message = expect.stringContaining(errmsg)
    await expect(api.code2Session(code)).rejects.toMatchObject({ name: 'WeChatAPIError', code: errcode, message })
  })

  test('co-wechat-api: a wrong secret and an unknown app are refused, and the code stays good', async () => {
    const code = await wechat.loginCode()
    const wrong = createApi(wechat, { ...tea, secret: books.secret })
    await expect(wrong.code2Session(code)).rejects.toMatchObject({ code: 40125 })
    const unknown = createApi(wechat, { ...tea, appId: 'wx00000000000000ff' })
    await expect(unknown.code2Session(code)).rejects.toMatchObject({ code: 40013 })
    expect(await api.code2Session(code)).toHaveProperty('openid')
  })
})

describe('access token', () => {
  test('co-wechat-api: one token serves many calls for two hours', async () => {
    const { accessToken, expireTime } = await api.ensureAccessToken()
    expect(await api.ensureAccessToken()).toEqual({ accessToken, expireTime })
    expect((expireTime - Date.now()) / 1000).toBeCloseTo(7190, -1)
    expect(wechat.calls('/cgi-bin/token')).toBe(1)
  })

  test('co-wechat-api: twenty callers get twenty tokens, for it does not share a request', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => api.ensureAccessToken()))
    expect(new Set(tokens.map(token => token.accessToken)).size).toBe(20)
  })

  test.each([
    ['a wrong secret', { ...tea, secret: books.secret }, 40125, 'invalid appsecret rid: '],
    ['an unknown app', { ...tea, appId: 'wx00000000000000ff' }, 40013, 'invalid appid rid: '],
  ])('co-wechat-api: %s gets no token', async (_, app, code, message) => {
    const refused = createApi(wechat, app).getAccessToken()
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
  })

  test.each([
    ['expired (42001)', () => wechat.control.expireTokens(tea.appId)],
    ['replaced by another process (40001)', () => wechat.control.stealToken(tea.appId)],
  ])('co-wechat-api: a token that is %s is renewed and the call repeated', async (_, spoil) => {
    await api.ensureAccessToken()
    spoil()
    const { code } = await wechat.tap()
    expect(await api.getPhoneNumber(code)).toHaveProperty('phone_info')
    expect(wechat.calls('/cgi-bin/token')).toBe(2)
  })

  test('co-wechat-api: a malformed token (40014) is not renewed', async () => {
    await api.saveToken({ accessToken: 'nonsense', expireTime: Date.now() + 60_000 })
    await expect(api.getPhoneNumber((await wechat.tap()).code)).rejects.toMatchObject({ code: 40014 })
  })
})

describe('phone', () => {
  test('co-wechat-api: a phone code gives the number', async () => {
    const { code } = await wechat.tap(kwan)
    expect(await api.getPhoneNumber(code, wechat.openId(kwan))).toEqual({
      errcode: 0,
      errmsg: 'ok',
      phone_info: {
        phoneNumber: '85251234567',
        purePhoneNumber: '51234567',
        countryCode: '852',
        watermark: { appid: tea.appId, timestamp: wechat.control.clock.now() / 1000 },
      },
    })
  })

  test('co-wechat-api: a phone code works once', async () => {
    const { code } = await wechat.tap()
    await api.getPhoneNumber(code)
    await expect(api.getPhoneNumber(code)).rejects.toMatchObject({
      code: 40029,
      message: expect.stringMatching(/^invalid code hint: \[.{16}\] rid: /),
    })
  })

  test('co-wechat-api: a login code is no phone code', async () => {
    await expect(api.getPhoneNumber(await wechat.loginCode())).rejects.toMatchObject({ code: 40029 })
  })

  test('co-wechat-api: the phone code of somebody else is refused when the openid goes with it', async () => {
    const { code } = await wechat.tap(kwan)
    await wechat.loginCode(lin)
    await expect(api.getPhoneNumber(code, wechat.openId(lin))).rejects.toMatchObject({ code: 40029 })
  })

  test('co-wechat-api: the phone code of another mini program is refused', async () => {
    const { code } = await wechat.tap(lin, books)
    await expect(api.getPhoneNumber(code)).rejects.toMatchObject({ code: 40013 })
  })
})

describe('session and ciphertext', () => {
  test('co-wechat-api: checksession knows the current key from the one before', async () => {
    const { openid, session_key } = await api.code2Session(await wechat.loginCode())
    expect(await api.checkSession(openid, signatureOf(session_key))).toEqual({ errcode: 0, errmsg: 'ok' })
    wechat.control.rotateKey('lin', tea.appId)
    await expect(api.checkSession(openid, signatureOf(session_key))).rejects.toMatchObject({ code: 87009 })
  })

  test('co-wechat-api: checkencryptedmsg knows its own ciphertext for three days', async () => {
    const { encryptedData } = await wechat.tap()
    const hash = createHash('sha256').update(encryptedData).digest('hex')
    expect(await api.checkEncryptedData(hash)).toMatchObject({ errcode: 0, vaild: true })
    await expect(api.checkEncryptedData(hash.replace(/^./, '!'))).rejects.toMatchObject({ code: 40097 })
    wechat.control.clock.advance(3 * 86_400_000 + 1000)
    await expect(api.checkEncryptedData(hash)).rejects.toMatchObject({ code: 1 })
  })
})

test('co-wechat-api: reads the addresses that pushes come from', async () => {
  expect(await api.getIp()).toMatchObject({ ip_list: expect.arrayContaining(['127.0.0.1']) })
})

describe('a bad day of WeChat', () => {
  test('co-wechat-api: "busy" is an error with code -1', async () => {
    wechat.control.faults.next({ api: 'code2Session', fault: 'busy' })
    await expect(api.code2Session(await wechat.loginCode())).rejects.toMatchObject({ code: -1 })
  })

  test('co-wechat-api: a 502 is an error that names the URL with the secret in it', async () => {
    wechat.control.faults.next({ api: 'code2Session', fault: 'http-502' })
    await expect(api.code2Session(await wechat.loginCode())).rejects.toThrow(`secret=${tea.secret}`)
  })

  test('co-wechat-api: an HTML page with status 200 passes as a session', async () => {
    wechat.control.faults.next({ api: 'code2Session', fault: 'html' })
    expect(await api.code2Session(await wechat.loginCode())).toBeInstanceOf(Buffer)
  })

  test('co-wechat-api: half an answer of jscode2session passes as a text', async () => {
    wechat.control.faults.next({ api: 'code2Session', fault: 'truncated' })
    expect(await api.code2Session(await wechat.loginCode())).toBeTypeOf('string')
  })
})
