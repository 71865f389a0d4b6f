import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MiniApp, type MiniAppConfig, ServerRequest } from 'node-easywechat'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openReceiver, type Receiver } from './open-receiver.ts'
import { badLogins, books, kwan, lin, openWechat, signatureOf, tea, type Wechat } from './open-wechat.ts'
import { encodingAesKey, otherKey, revoked, secure, token } from './push-settings.ts'

let wechat: Wechat
let folder: string
let app: MiniApp
beforeEach(async () => {
  wechat = await openWechat()
  folder = mkdtempSync(join(tmpdir(), 'node-easywechat-'))
  app = createApp()
})
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true })
  await wechat.close()
})

function createApp({ appId, secret } = tea, more: Partial<MiniAppConfig> = {}) {
  const http = { baseURL: wechat.origin }
  return new MiniApp({ app_id: appId, secret, http, file_cache: { ...cacheFile, path: folder }, ...more })
}

/** The type of the package knows less than its access token can. */
function renewToken() {
  return (app.getAccessToken() as unknown as { refresh(): Promise<string> }).refresh()
}

const cacheFile = { dirMode: 0o700, fileMode: 0o600, ext: '.cache' }

async function phoneByCode(code: string, openid?: string, from = app) {
  const answer = await from.getClient().postJson('/wxa/business/getuserphonenumber', { code, openid })
  return answer.toObject()
}

async function checkSession(openid: string, signature: string) {
  const params = { openid, signature, sig_method: 'hmac_sha256' }
  return (await app.getClient().get('/wxa/checksession', { params })).toObject()
}

describe('login', () => {
  test('node-easywechat: a login code gives openid, session_key and unionid', async () => {
    expect(await app.getUtils().codeToSession(await wechat.loginCode())).toEqual({
      openid: wechat.openId(),
      session_key: expect.stringMatching(/^[A-Za-z0-9+/]{22}==$/),
      unionid: wechat.control.people.unionId('lin', tea.appId),
    })
  })

  test('node-easywechat: a code works once', async () => {
    const code = await wechat.loginCode()
    await app.getUtils().codeToSession(code)
    await expect(app.getUtils().codeToSession(code)).rejects.toThrow(
      /^code2Session error: \{"errcode":40163,"errmsg":"code been used, rid: /,
    )
  })

  test.each(badLogins)('node-easywechat: %s is refused', async (_, codeOf, errcode, errmsg) => {
    const code = await codeOf(wechat)
    const refusal = `{"errcode":${errcode},"errmsg":"${errmsg}`
    await expect(app.getUtils().codeToSession(code)).rejects.toThrow(refusal)
  })

  test('node-easywechat: a wrong secret and an unknown app are refused, and the code stays good', async () => {
    const code = await wechat.loginCode()
    const wrong = createApp({ ...tea, secret: books.secret })
    await expect(wrong.getUtils().codeToSession(code)).rejects.toThrow('"errcode":40125')
    const unknown = createApp({ ...tea, appId: 'wx00000000000000ff' })
    await expect(unknown.getUtils().codeToSession(code)).rejects.toThrow('"errcode":40013')
    expect(await app.getUtils().codeToSession(code)).toHaveProperty('openid')
  })
})

test.each([
  ['a frozen secret', { secretFrozen: true }, /"errcode":40243/],
  [
    'a server outside the allow list',
    { ipAllowList: ['203.0.113.7'] },
    /"errmsg":"invalid ip 127\.0\.0\.1 ipv6 ::ffff:127\.0\.0\.1, not in whitelist rid: /,
  ],
  ['a punished account', { standing: 'punished' }, /"errcode":50004/],
  ['an address that the admin has not confirmed', { ipConfirmation: 'asked' }, /"errcode":89503/],
] as const)('node-easywechat: %s gets no token', async (_, conditions, refusal) => {
  wechat.control.accounts.change(tea.appId, conditions)
  const stable = createApp(tea, { use_stable_access_token: true })
  await expect(stable.getAccessToken().getToken()).rejects.toThrow(refusal)
})

describe.each([
  ['token', '/cgi-bin/token', false],
  ['stable_token', '/cgi-bin/stable_token', true],
])('access token by %s', (_, path, use_stable_access_token) => {
  beforeEach(() => {
    app = createApp(tea, { use_stable_access_token })
  })

  test('node-easywechat: one token serves many calls, also of the next process', async () => {
    const first = await app.getAccessToken().getToken()
    expect(await createApp(tea, { use_stable_access_token }).getAccessToken().getToken()).toBe(first)
    expect(wechat.calls(path)).toBe(1)
  })

  test('node-easywechat: twenty callers make twenty calls, for it does not share a request', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => app.getAccessToken().getToken()))
    expect(wechat.calls(path)).toBe(20)
    expect(new Set(tokens).size).toBe(use_stable_access_token ? 1 : 20)
  })

  test.each([
    ['a wrong secret', { ...tea, secret: books.secret }, 40125],
    ['an unknown app', { ...tea, appId: 'wx00000000000000ff' }, 40013],
  ])('node-easywechat: %s gets no token', async (_, wrong, errcode) => {
    const refused = createApp(wrong, { use_stable_access_token }).getAccessToken().getToken()
    await expect(refused).rejects.toThrow(`"errcode":${errcode}`)
  })

  test.each([
    ['expired', 42001, 'access_token expired', () => wechat.control.expireTokens(tea.appId)],
    ['replaced by another process', 40001, 'invalid credential', () => wechat.control.stealToken(tea.appId)],
  ])(
    'node-easywechat: a token that is %s stays in its cache: every call answers %i',
    async (_, errcode, text, spoil) => {
      await app.getAccessToken().getToken()
      spoil()
      const { code } = await wechat.tap()
      expect(await phoneByCode(code)).toMatchObject({ errcode, errmsg: expect.stringContaining(text) })
      expect(await phoneByCode(code)).toMatchObject({ errcode })
      await renewToken()
      expect(await phoneByCode(code)).toMatchObject({ errcode: 0 })
    },
  )
})

describe('phone', () => {
  test('node-easywechat: a phone code gives the number', async () => {
    const { code } = await wechat.tap(kwan)
    expect(await phoneByCode(code, wechat.openId(kwan))).toMatchObject({
      errcode: 0,
      phone_info: { phoneNumber: '85251234567', purePhoneNumber: '51234567', countryCode: '852' },
    })
  })

  test('node-easywechat: refusals of phone codes are answers, not errors', async () => {
    const { code } = await wechat.tap()
    await phoneByCode(code)
    expect(await phoneByCode(code)).toMatchObject({
      errcode: 40029,
      errmsg: expect.stringMatching(/^invalid code hint: \[.{16}\] rid: /),
    })
    expect(await phoneByCode(await wechat.loginCode())).toMatchObject({ errcode: 40029 })
    expect(await phoneByCode((await wechat.tap(lin, books)).code)).toMatchObject({ errcode: 40013 })
    expect(await phoneByCode((await wechat.tap(kwan)).code, wechat.openId(lin))).toMatchObject({ errcode: 40029 })
    expect(await phoneByCode('')).toMatchObject({ errcode: 47001 })
  })

  test.each([
    ['is not granted the API', { notGranted: ['getPhoneNumber'] }, 48001],
    ['lost the API', { banned: ['getPhoneNumber'] }, 48004],
    ['is frozen', { standing: 'frozen' }, 50007],
  ] as const)('node-easywechat: an account that %s reads no number', async (_, conditions, errcode) => {
    const { code } = await wechat.tap()
    await app.getAccessToken().getToken()
    wechat.control.accounts.change(tea.appId, conditions)
    expect(await phoneByCode(code)).toMatchObject({ errcode })
  })

  test('node-easywechat: a used-up quota of the day answers 45009, and the next day is a new one', async () => {
    wechat.control.quotas.set(tea.appId, 'getPhoneNumber', { daily: 1 })
    await phoneByCode((await wechat.tap()).code)
    const { code } = await wechat.tap()
    expect(await phoneByCode(code)).toMatchObject({
      errcode: 45009,
      errmsg: expect.stringContaining('reach max api daily quota limit'),
    })
    wechat.control.clock.advance(86_400_000)
    await renewToken()
    expect(await phoneByCode((await wechat.tap()).code)).toMatchObject({ errcode: 0 })
  })
})

describe('session and ciphertext', () => {
  test('node-easywechat: checksession knows the current key from the one before', async () => {
    const { openid, session_key } = await app.getUtils().codeToSession(await wechat.loginCode())
    expect(await checkSession(openid, signatureOf(session_key))).toEqual({ errcode: 0, errmsg: 'ok' })
    wechat.control.rotateKey('lin', tea.appId)
    expect(await checkSession(openid, signatureOf(session_key))).toMatchObject({ errcode: 87009 })
  })

  test('node-easywechat: checkencryptedmsg knows its own ciphertext', async () => {
    const { encryptedData } = await wechat.tap()
    const encrypted_msg_hash = createHash('sha256').update(encryptedData).digest('hex')
    const answer = await app.getClient().postJson('/wxa/business/checkencryptedmsg', { encrypted_msg_hash })
    expect(answer.toObject()).toMatchObject({ errcode: 0, vaild: true, create_time: wechat.control.clock.now() / 1000 })
  })

  test('node-easywechat: opens the phone number with the key of the login', async () => {
    const { session_key } = await app.getUtils().codeToSession(await wechat.loginCode())
    const { encryptedData, iv } = await wechat.tap()
    expect(app.getUtils().decryptSession(session_key, iv, encryptedData)).toEqual({
      phoneNumber: '13800138000',
      purePhoneNumber: '13800138000',
      countryCode: '86',
      watermark: { appid: tea.appId, timestamp: wechat.control.clock.now() / 1000 },
    })
  })

  test('node-easywechat: the key of another login does not open it', async () => {
    const { session_key } = await app.getUtils().codeToSession(await wechat.loginCode())
    wechat.control.rotateKey('lin', tea.appId)
    const { encryptedData, iv } = await wechat.tap()
    expect(() => app.getUtils().decryptSession(session_key, iv, encryptedData)).toThrow('Fail to decrypt data')
  })

  test('node-easywechat: accepts data of another app, for it does not look at the watermark', async () => {
    const shop = createApp(books)
    const { session_key } = await shop.getUtils().codeToSession(await wechat.loginCode(lin, books))
    const { encryptedData, iv } = await wechat.tap(lin, books)
    expect(app.getUtils().decryptSession(session_key, iv, encryptedData)).toMatchObject({
      watermark: { appid: books.appId },
    })
  })
})

describe('push', () => {
  const received: unknown[] = []
  let reply: unknown
  let receiver: Receiver
  beforeEach(async () => {
    received.length = 0
    reply = undefined
    receiver = await openReceiver(async request => {
      const server = createApp(tea, { token, aes_key: encodingAesKey })
        .setRequest(await ServerRequest.createFromIncomingMessage(request))
        .getServer()
      server.with((message, next) => {
        received.push(message.toObject())
        return reply ?? next?.(message)
      })
      return String((await server.serve()).getBody())
    })
    wechat.control.push.configure(tea.appId, secure(receiver, 'xml'))
  })
  afterEach(() => receiver.close())

  const send = () => wechat.control.push.send(tea.appId, revoked)

  test('node-easywechat: passes the check of the URL', async () => {
    expect(await wechat.control.push.verifyUrl(tea.appId)).toMatchObject({ accepted: true })
  })

  test('node-easywechat: opens a push in secure mode', async () => {
    expect(await send()).toMatchObject({ accepted: true, attempts: 1 })
    const { control } = wechat
    expect(received).toEqual([
      expect.objectContaining({
        MsgType: 'event',
        Event: 'user_authorization_revoke',
        CreateTime: String(control.clock.now() / 1000),
        OpenID: wechat.openId(),
        UnionID: control.people.unionId('lin', tea.appId),
        AppID: tea.appId,
        RevokeInfo: '8',
      }),
    ])
  })

  test.each(['plain', 'compatible'] as const)('node-easywechat: understands a push in %s mode', async mode => {
    wechat.control.push.configure(tea.appId, { ...secure(receiver, 'xml'), mode })
    expect(await send()).toMatchObject({ accepted: true })
    expect(received).toEqual([expect.objectContaining({ RevokeInfo: '8' })])
  })

  test('node-easywechat: its encrypted reply is accepted', async () => {
    reply = '知道了'
    const report = await send()
    expect(report).toMatchObject({ accepted: true, reply: expect.stringContaining('<Content>知道了</Content>') })
  })

  test.each([
    ['another token', { token: 'otherToken' }, /signature/],
    ['another key', { encodingAesKey: otherKey }, /./],
    [
      'the app id of a third-party platform',
      { url: '$APPID$', component: books.appId, format: 'xml' },
      /Invalid appId/,
    ],
  ] as const)('node-easywechat: refuses a push with %s', async (_, wrong, refusal) => {
    const url = 'url' in wrong ? { url: `${receiver.url}/${wrong.url}` } : {}
    wechat.control.push.configure(tea.appId, { ...secure(receiver, 'xml'), ...wrong, ...url })
    expect(await send()).toMatchObject({ accepted: false })
    expect(receiver.refusals[0]).toMatch(refusal)
    expect(received).toEqual([])
  })

  test('node-easywechat: cannot open a push in JSON, for it takes what was sealed for XML', async () => {
    wechat.control.push.configure(tea.appId, secure(receiver, 'json'))
    expect(await send()).toMatchObject({ accepted: false })
    expect(received).toEqual([])
  })
})

describe('a bad day of WeChat', () => {
  test('node-easywechat: "busy" is an error that shows the answer', async () => {
    wechat.control.faults.next({ api: 'code2Session', fault: 'busy' })
    await expect(app.getUtils().codeToSession(await wechat.loginCode())).rejects.toThrow('"errcode":-1')
  })

  test.each(['html', 'http-502', 'truncated', 'empty', 'not-json'] as const)(
    'node-easywechat: "%s" is an error',
    async fault => {
      wechat.control.faults.next({ api: 'code2Session', fault })
      await expect(app.getUtils().codeToSession(await wechat.loginCode())).rejects.toThrow()
    },
  )
})
