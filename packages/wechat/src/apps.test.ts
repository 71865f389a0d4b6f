import { expect, test } from 'vitest'
import { idle } from '../test/manual-time.ts'
import { appId, later, phoneInfo, refuse, secret, session, stubWechat, withTokens } from '../test/stub-wechat.ts'

const other = { appId: 'wx0000000000000002', secret: 'f'.repeat(32) }
const login = { appId: other.appId, code: '0a1b-2_C' }

test('an app that is set is served from the next call on, and one that is removed no longer', async () => {
  const { wechat, calls } = stubWechat(() => session, { apps: [] })
  await expect(wechat.codeToSession(login)).rejects.toMatchObject({ code: 'misconfigured' })
  wechat.setApp(other)
  expect(await wechat.codeToSession(login)).toMatchObject({ status: 'ok' })
  expect(calls).toMatchObject([{ query: { appid: other.appId, secret: other.secret } }])
  expect([wechat.removeApp(other.appId), wechat.removeApp(other.appId)]).toEqual([true, false])
  await expect(wechat.codeToSession(login)).rejects.toMatchObject({ code: 'misconfigured' })
  expect(calls).toHaveLength(1)
})

test('a call under way ends with the former secret, the next one has the new secret', async () => {
  const slow = later()
  const { wechat, calls } = stubWechat(({ query }) => (query.secret === secret ? slow.promise : session))
  const under = wechat.codeToSession({ appId, code: 'first' })
  await idle()
  wechat.setApp({ appId, secret: other.secret })
  expect(await wechat.codeToSession({ appId, code: 'second' })).toMatchObject({ status: 'ok' })
  slow.resolve(session)
  expect(await under).toMatchObject({ status: 'ok' })
  expect(calls.map(({ query }) => query.secret)).toEqual([secret, other.secret])
})

test('the access_token is asked for by the first call that needs it, and kept when the same app is set again', async () => {
  const { wechat, time, to } = stubWechat(withTokens(() => phoneInfo))
  wechat.setApp(other)
  await idle()
  expect(to('/cgi-bin/stable_token')).toHaveLength(0)
  expect(await time.finish(wechat.accessToken(other.appId))).toBe('token-1')
  wechat.setApp({ ...other })
  expect(await time.finish(wechat.accessToken(other.appId))).toBe('token-1')
  expect(to('/cgi-bin/stable_token')).toHaveLength(1)
})

test('a secret that WeChat refused is asked about no more once it is replaced', async () => {
  const { wechat, time } = stubWechat(({ body }) =>
    body.secret === secret ? refuse(40125, 'invalid appsecret') : { access_token: 'token', expires_in: 7200 },
  )
  await expect(time.finish(wechat.accessToken(appId))).rejects.toMatchObject({ errcode: 40125 })
  wechat.setApp({ appId, secret: other.secret })
  expect(await time.finish(wechat.accessToken(appId))).toBe('token')
})

test.each([
  ['"app.appId" must be an app id such as wx1234567890abcdef', { ...other, appId: 'wx 1' }],
  ['"app.secret" must be the app secret', { ...other, secret: '' }],
])('a wrong app is refused: %s', (message, app) => {
  expect(() => stubWechat(() => session).wechat.setApp(app)).toThrow(new TypeError(message))
})
