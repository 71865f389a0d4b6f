import { type LoginPhoneAnswer, type Problem, routes } from '@weapp-auth/protocol/contract'
import { describe, expect, it } from 'vitest'
import { newSessionKey } from '../../test/fake-wechat.ts'
import { appId, expectProblem, newNonce, openServer, race } from '../../test/open-server.ts'

const one = '+8613800138000'

function open(openData: 'off' | 'enforce' = 'off') {
  const server = openServer({ openData })
  const person = { appId, openId: 'openid-of-xiaoming', sessionKey: newSessionKey() }
  const { wechat } = server
  const request = () => ({
    appId,
    code: wechat.loginCode(person),
    nonce: newNonce(),
    phone: { code: wechat.phoneCode(person, one) },
  })
  const send = (body: object) => server.post<LoginPhoneAnswer & Problem>(routes.loginPhone, body)
  return { ...server, person, request, send }
}

describe('logging in with the phone in one call', () => {
  it('gives the session and the bound phone', async () => {
    const { send, request, me } = open()
    const { body } = await send(request())
    expect(body).toMatchObject({ created: true, change: 'bound', user: { phone: { number: one } } })
    expect((await me(body.tokens.accessToken)).body.user).toEqual(body.user)
  })

  it('works with a ciphertext made under the very key of this login', async () => {
    const { send, request, wechat, person } = open('enforce')
    const { body } = await send({ ...request(), phone: wechat.phoneData(person, one) })
    expect(body).toMatchObject({ change: 'bound', user: { phone: { source: 'open-data' } } })
  })

  it('by 64 racers of one attempt spends each code once', async () => {
    const { send, request, wechat } = open()
    const body = request()
    const answers = await race(64, () => send(body))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(wechat.calls).toMatchObject({ codeToSession: 1, phoneByCode: 1 })
  })

  it('does not spend the paid code when the login fails', async () => {
    const { send, request, wechat } = open()
    expectProblem(await send({ ...request(), code: 'never-issued' }), 401, 'code_invalid')
    expect(wechat.calls.phoneByCode).toBe(0)
  })

  it('that failed at the phone goes on with the same nonce, and pays for nothing twice', async () => {
    const { send, request, wechat, eventsOf } = open()
    const body = request()
    wechat.failNext('phoneByCode', 'unavailable')
    expectProblem(await send(body), 503, 'upstream_unavailable')
    const answer = await send(body)
    expect(answer.body).toMatchObject({ created: true, change: 'bound', user: { phone: { number: one } } })
    expect(eventsOf('user-created')).toHaveLength(1)
    expect(eventsOf('login-recorded')).toHaveLength(1)
    expect((await send(body)).body).toMatchObject({ loginId: answer.body.loginId, change: 'bound' })
    expect(wechat.calls.phoneByCode).toBe(2)
  })

  it('with a phone code in place of the login code, and the reverse, binds nothing', async () => {
    const { send, wechat, person } = open()
    const login = wechat.loginCode(person)
    const phone = wechat.phoneCode(person, one)
    const swapped = { appId, code: phone, nonce: newNonce(), phone: { code: login } }
    expectProblem(await send(swapped), 401, 'code_invalid')
    const twice = { appId, code: login, nonce: newNonce(), phone: { code: login } }
    expectProblem(await send(twice), 400, 'phone_code_invalid')
    const right = { appId, code: wechat.loginCode(person), nonce: newNonce(), phone: { code: phone } }
    expect((await send(right)).body.change).toBe('bound')
  })
})
