import 'reflect-metadata'
import { createRequire } from 'node:module'
import { PassThrough } from 'node:stream'
import { decryptPush } from '@weapp-auth/protocol/wechat'
import { MiniProgramService, WeChatService } from 'nest-wechat'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { badLogins, books, kwan, lin, openWechat, tea, type Wechat } from './open-wechat.ts'
import { encodingAesKey, eventAsXml, nonce, securePush, timestamp, token } from './secure-push.ts'

/** The host of WeChat is written into the package; its axios can be told another one. */
const { interceptors } = createRequire(createRequire(import.meta.url).resolve('nest-wechat'))('axios')

let wechat: Wechat
let service: WeChatService
let interceptor: number
beforeEach(async () => {
  wechat = await openWechat()
  interceptor = interceptors.request.use((config: { url: string }) => {
    config.url = config.url.replace('https://api.weixin.qq.com', wechat.origin)
    return config
  })
  service = createService()
})
afterEach(async () => {
  interceptors.request.eject(interceptor)
  await wechat.close()
})

function createService({ appId, secret } = tea) {
  return new WeChatService({ appId, secret, token, encodingAESKey: encodingAesKey })
}

describe('login', () => {
  test('nest-wechat: a login code gives openid, session_key and unionid', async () => {
    expect(await service.mp.code2Session(await wechat.loginCode())).toEqual({
      openid: wechat.openId(),
      session_key: expect.stringMatching(/^[A-Za-z0-9+/]{22}==$/),
      unionid: wechat.control.people.unionId('lin', tea.appId),
    })
  })

  test('nest-wechat: a used code resolves, with an errcode instead of an openid', async () => {
    const code = await wechat.loginCode()
    await service.mp.code2Session(code)
    expect(await service.mp.code2Session(code)).toEqual({
      errcode: 40163,
      errmsg: expect.stringMatching(/^code been used, rid: /),
    })
  })

  test.each(badLogins)('nest-wechat: %s resolves with an errcode', async (_, codeOf, errcode, errmsg) => {
    const code = await codeOf(wechat)
    expect(await service.mp.code2Session(code)).toEqual({ errcode, errmsg: expect.stringContaining(errmsg) })
  })

  test('nest-wechat: a wrong secret resolves with an errcode', async () => {
    const mini = new MiniProgramService({ appId: tea.appId, secret: books.secret })
    expect(await mini.code2Session(await wechat.loginCode())).toMatchObject({ errcode: 40125 })
  })
})

describe('access token', () => {
  test('nest-wechat: reads a token, and its end as a time of day', async () => {
    const { access_token, expires_in } = await service.getAccountAccessToken()
    expect(access_token.length).toBeGreaterThan(100)
    expect(expires_in - Date.now() / 1000).toBeCloseTo(7080, -1)
  })

  test('nest-wechat: the stable token stays the same until it is forced', async () => {
    const { access_token } = await service.getStableAccessToken()
    expect((await service.getStableAccessToken()).access_token).toBe(access_token)
    expect((await service.getStableAccessToken(tea.appId, tea.secret, true)).access_token).not.toBe(access_token)
    const refused = await service.mp.getPhoneNumber((await wechat.tap()).code, access_token)
    expect(refused.data).toMatchObject({ errcode: 40001 })
  })

  test('nest-wechat: a wrong secret resolves with an errcode', async () => {
    const wrong = createService({ ...tea, secret: books.secret })
    expect(await wrong.getStableAccessToken()).toMatchObject({ errcode: 40125 })
    expect(await wrong.getAccountAccessToken()).toMatchObject({ errcode: 40125 })
  })

  test('nest-wechat: every reading of the classic token makes a new one', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => service.getAccountAccessToken()))
    expect(new Set(tokens.map(answer => answer.access_token)).size).toBe(20)
  })
})

describe('phone', () => {
  let accessToken: string
  beforeEach(async () => {
    accessToken = (await service.getStableAccessToken()).access_token
  })

  test('nest-wechat: a phone code gives the number', async () => {
    const { data } = await service.mp.getPhoneNumber((await wechat.tap(kwan)).code, accessToken)
    expect(data).toMatchObject({
      errcode: 0,
      phone_info: { phoneNumber: '85251234567', purePhoneNumber: '51234567', countryCode: '852' },
    })
  })

  test('nest-wechat: refusals of phone codes resolve with an errcode', async () => {
    const ask = async (code: string, by = accessToken) => (await service.mp.getPhoneNumber(code, by)).data
    const { code } = await wechat.tap()
    await ask(code)
    expect(await ask(code)).toMatchObject({ errcode: 40029 })
    expect(await ask(await wechat.loginCode())).toMatchObject({ errcode: 40029 })
    expect(await ask((await wechat.tap(lin, books)).code)).toMatchObject({ errcode: 40013 })
    expect(await ask(code, 'nonsense')).toMatchObject({ errcode: 40014 })
  })

  test('nest-wechat: an expired and a replaced token resolve with an errcode', async () => {
    const { code } = await wechat.tap()
    wechat.control.expireTokens(tea.appId)
    expect((await service.mp.getPhoneNumber(code, accessToken)).data).toMatchObject({ errcode: 42001 })
    const { access_token } = await service.getStableAccessToken()
    wechat.control.stealToken(tea.appId)
    expect((await service.mp.getPhoneNumber(code, access_token)).data).toMatchObject({ errcode: 40001 })
  })
})

describe('push', () => {
  test('nest-wechat: opens a push in secure mode', async () => {
    const { query, xml } = securePush(eventAsXml)
    const request = Object.assign(new PassThrough().end(xml), { query })
    expect(await service.messagePushExpressHandler(request as never)).toBe(eventAsXml)
  })

  test('nest-wechat: refuses a wrong signature, accepts the app id of somebody else', () => {
    const { query, xml } = securePush(eventAsXml)
    expect(() => service.decryptMessage(query.signature, timestamp, nonce, xml)).toThrow('signature incorrect')
    const foreign = securePush(eventAsXml, books.appId)
    expect(service.decryptMessage(foreign.query.msg_signature, timestamp, nonce, foreign.xml)).toBe(eventAsXml)
  })

  test('nest-wechat: decryptPush opens what it seals, though it fills blocks of 16 bytes instead of 32', () => {
    for (let length = 0; length <= 40; length += 1) {
      const text = 'x'.repeat(length)
      const xml = service.encryptMessage(text, timestamp, nonce)
      const encrypt = /<Encrypt><!\[CDATA\[(.+?)\]\]>/.exec(xml)?.[1] ?? ''
      expect(decryptPush({ encodingAesKey, appId: tea.appId, encrypt })).toBe(text)
    }
  })
})

describe('a bad day of WeChat', () => {
  test('nest-wechat: "busy" resolves with -1', async () => {
    wechat.control.faults.next({ api: 'code2Session', fault: 'busy' })
    expect(await service.mp.code2Session(await wechat.loginCode())).toMatchObject({ errcode: -1 })
  })

  test('nest-wechat: a 502 is an error, an HTML page with status 200 passes as a session', async () => {
    wechat.control.faults.next({ api: 'code2Session', fault: 'http-502' })
    await expect(service.mp.code2Session(await wechat.loginCode())).rejects.toThrow('502')
    wechat.control.faults.next({ api: 'code2Session', fault: 'html' })
    expect(await service.mp.code2Session(await wechat.loginCode())).toBeTypeOf('string')
  })
})
