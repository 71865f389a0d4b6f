import { type LoginAnswer, type Problem, routes } from '@weapp-auth/protocol/contract'
import { describe, expect, it } from 'vitest'
import { newSessionKey } from '../../test/fake-wechat.ts'
import { appId, expectProblem, newNonce, openServer, otherAppId, race } from '../../test/open-server.ts'

const day = 24 * 60 * 60_000
const xiaoming = { appId, openId: 'openid-of-xiaoming' }

function logInAt({ post }: ReturnType<typeof openServer>) {
  return (code: string, nonce = newNonce(), app = appId) =>
    post<LoginAnswer & Problem>(routes.login, { appId: app, code, nonce })
}

describe('a first login', () => {
  it('makes a user and a session', async () => {
    const { logIn, me, eventsOf } = openServer()
    const { user, created, tokens, token, loginId } = await logIn()
    expect(created).toBe(true)
    const profile = { nickname: null, avatarUrl: null }
    expect(user).toEqual({ id: user.id, phone: null, profile, createdAt: '2027-01-15T08:00:00.000Z' })
    expect(tokens.expiresIn).toBe(600)
    expect((await me(token)).body).toEqual({ user })
    expect(eventsOf('user-created')).toMatchObject([{ userId: user.id, appId }])
    expect(eventsOf('login-recorded')).toMatchObject([{ loginId, keyKept: false }])
  })

  it('of 64 racers with 64 codes makes one user and says so once', async () => {
    const { wechat, eventsOf, ...server } = openServer({ openData: 'enforce' })
    const send = logInAt({ wechat, eventsOf, ...server })
    const answers = await race(64, () => send(wechat.loginCode(xiaoming)))
    expect(answers.map(({ status }) => status)).toEqual(Array(64).fill(200))
    expect(new Set(answers.map(({ body }) => body.user.id)).size).toBe(1)
    expect(answers.filter(({ body }) => body.created)).toHaveLength(1)
    expect(new Set(answers.map(({ body }) => body.loginId)).size).toBe(64)
    expect(eventsOf('user-created')).toHaveLength(1)
  })
})

describe('a later login', () => {
  it('finds the same user, with the phone', async () => {
    const { logIn, phone, wechat } = openServer({ openData: 'enforce' })
    const first = await logIn()
    await phone({ code: wechat.phoneCode(first.person, '+8613800138000'), nonce: newNonce() }, first.token)
    const second = await logIn()
    expect(second.created).toBe(false)
    expect(second.user).toMatchObject({ id: first.user.id, phone: { masked: '138******00' } })
    expect(second.tokens.refreshToken).not.toBe(first.tokens.refreshToken)
  })

  it('in another app of the same open-platform account finds the same user by unionid', async () => {
    const server = openServer()
    const send = logInAt(server)
    const one = await send(server.wechat.loginCode({ ...xiaoming, unionId: 'union-1' }))
    const person = { appId: otherAppId, openId: 'openid-elsewhere', unionId: 'union-1' }
    const two = await send(server.wechat.loginCode(person), newNonce(), otherAppId)
    expect(two.body).toMatchObject({ created: false, user: { id: one.body.user.id } })
  })

  it('in another app without a unionid is another user', async () => {
    const { logIn } = openServer()
    const one = await logIn('same-openid')
    expect((await logIn('same-openid', { appId: otherAppId })).user.id).not.toBe(one.user.id)
  })
})

describe('a login code', () => {
  it('used by 64 racers of one attempt makes one session, and all read the same answer', async () => {
    const server = openServer()
    const code = server.wechat.loginCode(xiaoming)
    const nonce = newNonce()
    const answers = await race(64, () => logInAt(server)(code, nonce))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(answers[0]?.body.created).toBe(true)
    expect(server.wechat.calls.codeToSession).toBe(1)
    expect(server.eventsOf('login-recorded')).toHaveLength(1)
  })

  it('used by 64 racers with 64 nonces logs one of them in', async () => {
    const server = openServer()
    const code = server.wechat.loginCode(xiaoming)
    const answers = await race(64, () => logInAt(server)(code))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const answer of answers.filter(({ status }) => status !== 200)) expectProblem(answer, 409, 'code_consumed')
    expect(server.eventsOf('login-recorded')).toHaveLength(1)
  })

  it('used again by the same attempt gets the same session again', async () => {
    const server = openServer()
    const code = server.wechat.loginCode(xiaoming)
    const nonce = newNonce()
    const first = await logInAt(server)(code, nonce)
    server.pass(60_000)
    const second = await logInAt(server)(code, nonce)
    const { refreshToken } = first.body.tokens
    expect(second.body).toMatchObject({ created: true, loginId: first.body.loginId, user: first.body.user })
    expect(second.body.tokens.refreshToken).toBe(refreshToken)
    expect(server.eventsOf('login-recorded')).toHaveLength(1)
  })

  it('gets the same session again even when WeChat has forgotten it', async () => {
    const server = openServer()
    const code = server.wechat.loginCode(xiaoming)
    const nonce = newNonce()
    const first = await logInAt(server)(code, nonce)
    server.pass(6 * 60_000)
    expect((await logInAt(server)(code, nonce)).body.loginId).toBe(first.body.loginId)
  })

  it('used again after its session has gone on is consumed', async () => {
    const server = openServer()
    const code = server.wechat.loginCode(xiaoming)
    const nonce = newNonce()
    const { body } = await logInAt(server)(code, nonce)
    await server.rotate(body.tokens.refreshToken, newNonce())
    expectProblem(await logInAt(server)(code, nonce), 409, 'code_consumed')
  })

  it('used again after logout is consumed', async () => {
    const server = openServer()
    const code = server.wechat.loginCode(xiaoming)
    const nonce = newNonce()
    const { body } = await logInAt(server)(code, nonce)
    await server.post(routes.logout, { refreshToken: body.tokens.refreshToken })
    expectProblem(await logInAt(server)(code, nonce), 409, 'code_consumed')
  })

  it('used again with another nonce is consumed', async () => {
    const server = openServer()
    const code = server.wechat.loginCode(xiaoming)
    await logInAt(server)(code)
    expectProblem(await logInAt(server)(code), 409, 'code_consumed')
  })

  it('that somebody else spent at WeChat is consumed', async () => {
    const server = openServer()
    const code = server.wechat.loginCode(xiaoming)
    await server.wechat.platform.codeToSession({ appId, code })
    expectProblem(await logInAt(server)(code), 409, 'code_consumed')
  })

  it('that is expired, unknown or of another app is invalid', async () => {
    const server = openServer()
    const send = logInAt(server)
    expectProblem(await send('never-issued'), 401, 'code_invalid')
    expectProblem(await send(server.wechat.loginCode({ ...xiaoming, appId: otherAppId })), 401, 'code_invalid')
    const old = server.wechat.loginCode(xiaoming)
    server.pass(5 * 60_000)
    expectProblem(await send(old), 401, 'code_invalid')
  })

  it('cannot be a phone code', async () => {
    const server = openServer()
    const code = server.wechat.phoneCode(xiaoming, '+8613800138000')
    expectProblem(await logInAt(server)(code), 401, 'code_invalid')
  })

  it('for an app the server does not serve is not sent to WeChat', async () => {
    const server = openServer()
    const answer = await logInAt(server)('some-code', newNonce(), 'wx9999999999999999')
    expectProblem(answer, 400, 'app_unknown')
    expect(answer.body.field).toBe('appId')
    expect(server.wechat.calls.codeToSession).toBe(0)
  })
})

describe('when WeChat', () => {
  it('cannot be reached, the same attempt works a little later', async () => {
    const server = openServer()
    const code = server.wechat.loginCode(xiaoming)
    const nonce = newNonce()
    server.wechat.failNext('codeToSession', 'unavailable')
    const refused = await logInAt(server)(code, nonce)
    expectProblem(refused, 503, 'upstream_unavailable')
    expect(refused.headers.get('retry-after')).toBe('1')
    expect((await logInAt(server)(code, nonce)).status).toBe(200)
    expect(server.eventsOf('fault')).toMatchObject([
      { code: 'upstream_unavailable', api: 'codeToSession', rid: 'rid-1' },
    ])
  })

  it('spent the code but its answer was lost, the code is consumed and a fresh one works', async () => {
    const server = openServer()
    const code = server.wechat.loginCode(xiaoming)
    const nonce = newNonce()
    server.wechat.failNext('codeToSession', 'unavailable', { happens: true })
    expectProblem(await logInAt(server)(code, nonce), 503, 'upstream_unavailable')
    expectProblem(await logInAt(server)(code, nonce), 409, 'code_consumed')
    expect((await logInAt(server)(server.wechat.loginCode(xiaoming))).status).toBe(200)
  })

  it.each([
    ['limited', 503, 'upstream_limited'],
    ['misconfigured', 503, 'app_misconfigured'],
    ['bad-answer', 502, 'upstream_bad_answer'],
  ] as const)('is %s, the answer says so and nobody is logged in', async (fault, status, code) => {
    const server = openServer()
    server.wechat.failNext('codeToSession', fault)
    expectProblem(await logInAt(server)(server.wechat.loginCode(xiaoming)), status, code)
    expect(server.eventsOf('user-created')).toEqual([])
  })
})

describe('a session_key', () => {
  it('is not even stored when open data is off', async () => {
    const { logIn, store } = openServer({ openData: 'off' })
    const { loginId } = await logIn()
    expect(await store.sessionKeysOf(loginId, 0)).toEqual([])
  })

  it('is stored sealed when open data is on', async () => {
    const { logIn, store } = openServer({ openData: 'enforce' })
    const sessionKey = newSessionKey()
    const { loginId } = await logIn('openid-of-xiaoming', { sessionKey })
    const [row] = await store.sessionKeysOf(loginId, 0)
    const sealed = Buffer.from(row?.sealed ?? [])
    expect(sealed.length).toBe(32 + sessionKey.length)
    expect(sealed.includes(sessionKey)).toBe(false)
    expect(sealed.includes(Buffer.from(sessionKey, 'base64'))).toBe(false)
  })
})

it('forgets a spent code after a day, which WeChat has long done', async () => {
  const server = openServer()
  const code = server.wechat.loginCode(xiaoming)
  const nonce = newNonce()
  await logInAt(server)(code, nonce)
  server.pass(day)
  expect(await server.server.sweep()).toBe(1)
  expectProblem(await logInAt(server)(code, nonce), 401, 'code_invalid')
})
