import passport from 'passport'
import { Strategy, type WechatSession } from 'passport-wechat-mp'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { badLogins, books, openWechat, tea, type Wechat } from './open-wechat.ts'

let wechat: Wechat
beforeEach(async () => {
  wechat = await openWechat()
})
afterEach(() => wechat.close())

type Verdict = { readonly error: unknown; readonly user: WechatSession | false }

/** A request to the login route of an application that uses passport; the user is what WeChat said. */
function visit(query: { readonly code?: string; readonly error?: string }, { appId, secret } = tea): Promise<Verdict> {
  const authenticator = new passport.Passport()
  const options = { appId, appSecret: secret, authorizationURL: `${wechat.origin}/sns/jscode2session` }
  authenticator.use('wechat-mp', new Strategy(options, (_request, session, done) => done(null, session)))
  return new Promise(resolve => {
    const route = authenticator.authenticate('wechat-mp', (error: unknown, user: Verdict['user']) =>
      resolve({ error, user }),
    )
    route({ query, session: {} }, {}, (error: unknown) => resolve({ error, user: false }))
  })
}

describe('login', () => {
  test('passport-wechat-mp: a login code makes the user', async () => {
    const { error, user } = await visit({ code: await wechat.loginCode() })
    expect(error).toBeNull()
    expect(user).toMatchObject({
      openid: wechat.openId(),
      session_key: expect.stringMatching(/^[A-Za-z0-9+/]{22}==$/),
      unionid: wechat.control.people.unionId('lin', tea.appId),
    })
  })

  test('passport-wechat-mp: a code works once', async () => {
    const code = await wechat.loginCode()
    await visit({ code })
    const { error } = await visit({ code })
    expect(error).toMatchObject({ code: 40163, message: expect.stringMatching(/^code been used, rid: /) })
  })

  test.each(badLogins)('passport-wechat-mp: %s is refused', async (_, codeOf, errcode, errmsg) => {
    const { error, user } = await visit({ code: await codeOf(wechat) })
    expect(error).toMatchObject({ code: errcode, message: expect.stringContaining(errmsg) })
    expect(user).toBeFalsy()
  })

  test.each([
    ['a wrong secret', { ...tea, secret: books.secret }, 40125],
    ['an unknown app', { ...tea, appId: 'wx00000000000000ff' }, 40013],
  ])('passport-wechat-mp: %s is refused', async (_, app, code) => {
    expect((await visit({ code: await wechat.loginCode() }, app)).error).toMatchObject({ code })
  })

  test('passport-wechat-mp: without a code WeChat is not asked', async () => {
    expect((await visit({})).error).toMatchObject({ code: 'access_denied' })
    expect(wechat.calls('/sns/jscode2session')).toBe(0)
  })
})

describe('a bad day of WeChat', () => {
  test('passport-wechat-mp: "busy" is an error with code -1', async () => {
    wechat.control.faults.next({ api: 'code2Session', fault: 'busy' })
    expect((await visit({ code: await wechat.loginCode() })).error).toMatchObject({ code: -1 })
  })

  test('passport-wechat-mp: a 502 is an error that does not say what happened', async () => {
    wechat.control.faults.next({ api: 'code2Session', fault: 'http-502' })
    const { error } = await visit({ code: await wechat.loginCode() })
    expect(error).toMatchObject({ message: 'Failed to obtain wechat session' })
  })

  test.each(['html', 'truncated', 'not-json'] as const)('passport-wechat-mp: "%s" passes as a user', async fault => {
    wechat.control.faults.next({ api: 'code2Session', fault })
    const { error, user } = await visit({ code: await wechat.loginCode() })
    expect(error).toBeNull()
    expect(user).toBeTypeOf('string')
  })
})
