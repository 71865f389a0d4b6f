import 'reflect-metadata'
import { createRequire } from 'node:module'
import { MiniProgramService, parseRid, WeChatService } from 'nest-wechat'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openReceiver, queryOf, type Receiver } from './open-receiver.ts'
import { badLogins, books, kwan, lin, openWechat, tea, type Wechat } from './open-wechat.ts'
import { encodingAesKey, revoked, secure, token } from './push-settings.ts'

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

test('nest-wechat: looks up a refusal by the rid that it finds in the errmsg', async () => {
  const { access_token } = await service.getStableAccessToken()
  const refused = await service.mp.getPhoneNumber('0'.repeat(64), access_token)
  const rid = parseRid(refused.data.errmsg)
  const { data } = await service.mp.getRid(rid, access_token)
  expect(data).toMatchObject({
    errcode: 0,
    request: {
      invoke_time: wechat.control.clock.now() / 1000,
      request_body: '{"code":"000000xxxx"}',
      response_body: expect.stringContaining('"errcode":40029'),
      client_ip: '127.0.0.1',
    },
  })
  expect((await service.mp.getRid('00000000-00000000-00000000', access_token)).data).toMatchObject({ errcode: 76004 })
})

describe('push', () => {
  const received: string[] = []
  let reply: (query: Readonly<Record<string, string>>) => string
  let receiver: Receiver
  beforeEach(async () => {
    received.length = 0
    reply = () => ''
    receiver = await openReceiver(async request => {
      const query = queryOf(request)
      const message = await service.messagePushExpressHandler(Object.assign(request, { query }) as never)
      received.push(message)
      return reply(query)
    })
    wechat.control.push.configure(tea.appId, secure(receiver, 'xml'))
  })
  afterEach(() => receiver.close())

  const send = () => wechat.control.push.send(tea.appId, revoked)

  test('nest-wechat: opens a push in secure mode', async () => {
    expect(await send()).toMatchObject({ accepted: true, attempts: 1 })
    expect(received).toEqual([expect.stringContaining('<RevokeInfo><![CDATA[8]]></RevokeInfo>')])
  })

  test('nest-wechat: its encrypted reply is accepted, though it fills blocks of 16 bytes instead of 32', async () => {
    for (let length = 0; length <= 40; length += 1) {
      const text = 'x'.repeat(length)
      reply = ({ timestamp = '', nonce = '' }) => service.encryptMessage(text, timestamp, nonce)
      expect(await send()).toMatchObject({ accepted: true, reply: text })
    }
  })

  test('nest-wechat: refuses a push with another token', async () => {
    wechat.control.push.configure(tea.appId, { ...secure(receiver, 'xml'), token: 'otherToken' })
    expect(await send()).toMatchObject({ accepted: false })
    expect(receiver.refusals).toEqual(['signature incorrect'])
  })

  test('nest-wechat: takes a push for another app, for it does not look at the app id at its end', async () => {
    const url = `${receiver.url}/$APPID$`
    wechat.control.push.configure(tea.appId, { ...secure(receiver, 'xml'), url, component: books.appId })
    await send()
    expect(received).toHaveLength(1)
  })

  test('nest-wechat: cannot open a push in JSON', async () => {
    wechat.control.push.configure(tea.appId, secure(receiver, 'json'))
    expect(await send()).toMatchObject({ accepted: false })
    expect(received).toEqual([])
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
