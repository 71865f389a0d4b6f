import { createHash, createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  appId,
  openId,
  phoneInfo,
  refuse,
  rid,
  secret,
  session,
  sessionKey,
  stubWechat,
  withTokens,
} from '../test/stub-wechat.ts'
import { createWechat } from './index.ts'

const login = { appId, code: '0a1b-2_C' }
const phone = { appId, code: 'f00d'.repeat(16), openId }

test('a login code is exchanged with code2Session', async () => {
  const { wechat, calls } = stubWechat(() => ({ ...session, unionid: 'union-1', expires_in: 7200 }))
  expect(await wechat.codeToSession(login)).toEqual({
    status: 'ok',
    session: { openId, sessionKey, unionId: 'union-1' },
  })
  expect(calls).toMatchObject([
    {
      method: 'GET',
      path: '/sns/jscode2session',
      query: { appid: appId, secret, js_code: '0a1b-2_C', grant_type: 'authorization_code' },
    },
  ])
})

test.each([
  [40029, { status: 'code-invalid' }],
  [40163, { status: 'code-used' }],
  [40226, { status: 'user-blocked' }],
])('code2Session errcode %i is an outcome', async (errcode, outcome) => {
  const { wechat } = stubWechat(() => refuse(errcode))
  expect(await wechat.codeToSession(login)).toEqual({ ...outcome, said: { errcode, rid } })
})

test('a phone code is exchanged together with the openid of its user', async () => {
  const { wechat, calls } = stubWechat(withTokens(() => phoneInfo))
  expect(await wechat.phoneByCode(phone)).toEqual({
    status: 'ok',
    phone: { number: '+8613800138000', nationalNumber: '13800138000', countryCode: '86', at: 1_790_000_000_000 },
  })
  expect(calls[1]).toMatchObject({
    method: 'POST',
    path: '/wxa/business/getuserphonenumber',
    query: { access_token: 'token-1' },
    body: { code: phone.code, openid: openId },
  })
})

test('the openid is left out where the configuration says so, for all apps or for one', async () => {
  const fetches = [{ sendOpenId: false }, { apps: [{ appId, secret, sendOpenId: false }] }]
  for (const options of fetches) {
    const { wechat, calls } = stubWechat(
      withTokens(() => phoneInfo),
      options,
    )
    await wechat.phoneByCode(phone)
    expect(calls[1]?.body).toEqual({ code: phone.code })
  }
})

test('an app may send the openid although the others do not', async () => {
  const options = { sendOpenId: false, apps: [{ appId, secret, sendOpenId: true }] }
  const { wechat, calls } = stubWechat(
    withTokens(() => phoneInfo),
    options,
  )
  await wechat.phoneByCode(phone)
  expect(calls[1]?.body).toEqual({ code: phone.code, openid: openId })
})

test.each([40029, 40013, 40003])('phone errcode %i is an invalid code', async errcode => {
  const { wechat, calls } = stubWechat(withTokens(() => refuse(errcode)))
  expect(await wechat.phoneByCode(phone)).toEqual({ status: 'code-invalid', said: { errcode, rid } })
  expect(calls).toHaveLength(2)
})

test('a phone whose watermark names another app is a bad answer', async () => {
  const phone_info = { ...phoneInfo.phone_info, watermark: { timestamp: 1, appid: 'wx0000000000000002' } }
  const { wechat } = stubWechat(withTokens(() => ({ ...phoneInfo, phone_info })))
  await expect(wechat.phoneByCode(phone)).rejects.toMatchObject({ code: 'bad-answer', mayHaveHappened: true })
})

test('a missing permission is a wrong configuration', async () => {
  const { wechat } = stubWechat(withTokens(() => refuse(48001, 'api unauthorized')))
  await expect(wechat.phoneByCode(phone)).rejects.toMatchObject({ code: 'misconfigured', errcode: 48001 })
})

test('a session_key is checked by its signature and is not sent', async () => {
  const { wechat, calls } = stubWechat(withTokens(() => ({ errcode: 0, errmsg: 'ok' })))
  expect(await wechat.checkSession({ appId, openId, sessionKey })).toBe(true)
  const signature = createHmac('sha256', sessionKey).update('').digest('hex')
  expect(calls[1]).toMatchObject({
    path: '/wxa/checksession',
    query: { access_token: 'token-1', openid: openId, signature, sig_method: 'hmac_sha256' },
  })
  expect(JSON.stringify(calls)).not.toContain(sessionKey)
})

test('a session_key that is no longer valid is false, not a fault', async () => {
  const { wechat } = stubWechat(withTokens(() => refuse(87009, 'invalid signature')))
  expect(await wechat.checkSession({ appId, openId, sessionKey })).toBe(false)
})

test('a check of a session that WeChat refuses otherwise is a fault', async () => {
  const { wechat } = stubWechat(withTokens(() => refuse(45011)))
  await expect(wechat.checkSession({ appId, openId, sessionKey })).rejects.toMatchObject({ code: 'limited' })
})

test('a ciphertext is checked by the hash of its text', async () => {
  const { wechat, calls } = stubWechat(
    withTokens(() => ({ errcode: 0, errmsg: 'ok', vaild: true, create_time: 1_790_000_000 })),
  )
  expect(await wechat.checkEncryptedData({ appId, encryptedData: 'QUJD' })).toEqual({
    status: 'genuine',
    createdAt: 1_790_000_000_000,
  })
  const hash = createHash('sha256').update('QUJD').digest('hex')
  expect(calls[1]).toMatchObject({ path: '/wxa/business/checkencryptedmsg', body: { encrypted_msg_hash: hash } })
})

test('a ciphertext that WeChat does not know is unknown', async () => {
  const { wechat } = stubWechat(withTokens(() => refuse(1, 'not found')))
  expect(await wechat.checkEncryptedData({ appId, encryptedData: 'QUJD' })).toEqual({ status: 'unknown' })
})

test('a check of a ciphertext that WeChat refuses otherwise is a fault', async () => {
  const { wechat } = stubWechat(withTokens(() => refuse(44002)))
  await expect(wechat.checkEncryptedData({ appId, encryptedData: '' })).rejects.toMatchObject({ code: 'bad-answer' })
})

test.each(['x&appid=wxEVIL#', '', 'a'.repeat(129), 'a b', '../..', 'ä', 'a\n'])(
  'the code %j is refused without asking',
  async code => {
    const { wechat, calls } = stubWechat(withTokens(() => session))
    expect(await wechat.codeToSession({ appId, code })).toEqual({ status: 'code-invalid' })
    expect(await wechat.phoneByCode({ appId, code, openId })).toEqual({ status: 'code-invalid' })
    expect(calls).toEqual([])
  },
)

test('each app is asked for with its own secret and its own token', async () => {
  const other = { appId: 'wx0000000000000002', secret: 'other-secret' }
  const { wechat, to } = stubWechat(
    withTokens(() => session),
    { apps: [{ appId, secret }, other] },
  )
  await wechat.codeToSession({ ...login, appId: other.appId })
  expect(to('/sns/jscode2session')[0]?.query).toMatchObject({ appid: other.appId, secret: 'other-secret' })
  expect(await wechat.accessToken(appId)).toBe('token-1')
  expect(await wechat.accessToken(other.appId)).toBe('token-2')
})

test('a base URL may have a path', async () => {
  const { wechat, calls } = stubWechat(() => session, { baseUrl: 'http://proxy.example:8080/wechat/' })
  await wechat.codeToSession(login)
  expect(calls[0]?.url).toMatch(/^http:\/\/proxy\.example:8080\/wechat\/sns\/jscode2session\?appid=/)
})

test.each([
  [{ apps: null as never }, '"apps" must'],
  [{ apps: [{ appId: 'wx 1', secret }] }, '"apps[0].appId" must'],
  [{ apps: [{ appId, secret: '' }] }, '"apps[0].secret" must'],
  [
    {
      apps: [
        { appId, secret },
        { appId, secret },
      ],
    },
    '"apps[1].appId" must be given once',
  ],
  [{ baseUrl: 'api.weixin.qq.com' }, '"baseUrl" must'],
  [{ baseUrl: 'ftp://api.weixin.qq.com' }, '"baseUrl" must'],
  [{ baseUrl: 'https://user:pass@api.weixin.qq.com' }, '"baseUrl" must'],
  [{ connections: 0 }, '"connections" must'],
  [{ timeoutMs: 1.5 }, '"timeoutMs" must'],
  [{ budgetMs: -1 }, '"budgetMs" must'],
])('a wrong option is named: %j', (options, message) => {
  expect(() => createWechat({ apps: [{ appId, secret }], ...options })).toThrow(message)
})
