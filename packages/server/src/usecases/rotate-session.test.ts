import { routes } from '@weapp-auth/protocol/contract'
import { describe, expect, it } from 'vitest'
import { expectProblem, newNonce, openServer, race } from '../../test/open-server.ts'

const day = 24 * 60 * 60_000

describe('a refresh token', () => {
  it('is exchanged for its successor', async () => {
    const { logIn, rotate, me, eventsOf } = openServer()
    const { tokens, user } = await logIn()
    const { body } = await rotate(tokens.refreshToken, newNonce())
    expect(body.tokens.refreshToken).not.toBe(tokens.refreshToken)
    expect((await me(body.tokens.accessToken)).body.user.id).toBe(user.id)
    expect(eventsOf('session-rotated')).toHaveLength(1)
  })

  it('presented by 64 racers of one attempt moves on once, and all read the same answer', async () => {
    const { logIn, rotate, eventsOf } = openServer()
    const { tokens } = await logIn()
    const nonce = newNonce()
    const answers = await race(64, () => rotate(tokens.refreshToken, nonce))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(eventsOf('session-rotated')).toHaveLength(1)
    const [answer] = answers
    expect((await rotate(answer?.body.tokens.refreshToken ?? '', newNonce())).status).toBe(200)
  })

  it('presented by 16 racers with 16 nonces ends the session', async () => {
    const { logIn, rotate, me, eventsOf } = openServer()
    const { tokens } = await logIn()
    const answers = await race(16, () => rotate(tokens.refreshToken, newNonce()))
    const winners = answers.filter(({ status }) => status === 200)
    expect(winners.length).toBeLessThanOrEqual(1)
    expect(answers.some(({ body }) => body.code === 'refresh_reused')).toBe(true)
    expect(eventsOf('session-ended')).toMatchObject([{ reason: 'refresh-reused' }])
    for (const { body } of winners) {
      expectProblem(await rotate(body.tokens.refreshToken, newNonce()), 401, 'refresh_invalid')
      expectProblem(await me(body.tokens.accessToken), 401, 'token_invalid')
    }
  })

  it('whose answer was lost is repeated with the same nonce, however much later', async () => {
    const { logIn, rotate, pass } = openServer()
    const { tokens } = await logIn()
    const nonce = newNonce()
    const first = await rotate(tokens.refreshToken, nonce)
    pass(6 * day)
    const second = await rotate(tokens.refreshToken, nonce)
    expect(second.body.tokens.refreshToken).toBe(first.body.tokens.refreshToken)
  })

  it('cannot be repeated once its successor was used', async () => {
    const { logIn, rotate } = openServer()
    const { tokens } = await logIn()
    const nonce = newNonce()
    const { body } = await rotate(tokens.refreshToken, nonce)
    await rotate(body.tokens.refreshToken, newNonce())
    expectProblem(await rotate(tokens.refreshToken, nonce), 401, 'refresh_reused')
  })

  it('used by a thief ends the session for both', async () => {
    const { logIn, rotate, me } = openServer()
    const { tokens } = await logIn()
    const owner = await rotate(tokens.refreshToken, newNonce())
    expectProblem(await rotate(tokens.refreshToken, newNonce()), 401, 'refresh_reused')
    expectProblem(await rotate(owner.body.tokens.refreshToken, newNonce()), 401, 'refresh_invalid')
    expectProblem(await me(owner.body.tokens.accessToken), 401, 'token_invalid')
  })

  it('that this server never made is invalid', async () => {
    const { rotate } = openServer()
    const stranger = openServer()
    const { tokens } = await stranger.logIn()
    expectProblem(await rotate(tokens.refreshToken, newNonce()), 401, 'refresh_invalid')
    expectProblem(await rotate('wxa_rt_guess', newNonce()), 401, 'refresh_invalid')
  })

  it('expires after seven days without use', async () => {
    const { logIn, rotate, pass } = openServer()
    const { tokens } = await logIn()
    pass(7 * day)
    expectProblem(await rotate(tokens.refreshToken, newNonce()), 401, 'refresh_invalid')
  })

  it('expires thirty days after the login, however often it was used', async () => {
    const { logIn, rotate, pass, me } = openServer()
    let { tokens } = await logIn()
    for (let at = 0; at < 29; at += 1) {
      pass(day)
      tokens = (await rotate(tokens.refreshToken, newNonce())).body.tokens
    }
    pass(day - 1000)
    tokens = (await rotate(tokens.refreshToken, newNonce())).body.tokens
    expect((await me(tokens.accessToken)).status).toBe(200)
    pass(1000)
    expectProblem(await me(tokens.accessToken), 401, 'token_invalid')
    expectProblem(await rotate(tokens.refreshToken, newNonce()), 401, 'refresh_invalid')
  })
})

describe('logging out', () => {
  it('ends the session at once: neither token works any more', async () => {
    const { logIn, post, rotate, me, eventsOf } = openServer()
    const { tokens, token } = await logIn()
    const answer = await post(routes.logout, { refreshToken: tokens.refreshToken })
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 204, text: '' })
    expectProblem(await me(token), 401, 'token_invalid')
    expectProblem(await rotate(tokens.refreshToken, newNonce()), 401, 'refresh_invalid')
    expect(eventsOf('session-ended')).toMatchObject([{ reason: 'logout' }])
  })

  it('twice is no error and ends nothing twice', async () => {
    const { logIn, post, eventsOf } = openServer()
    const { tokens } = await logIn()
    const answers = await race(16, () => post(routes.logout, { refreshToken: tokens.refreshToken }))
    expect(answers.map(({ status }) => status)).toEqual(Array(16).fill(204))
    expect(eventsOf('session-ended')).toHaveLength(1)
  })

  it('leaves the other sessions of the user alone', async () => {
    const { logIn, post, me } = openServer()
    const one = await logIn()
    const two = await logIn()
    await post(routes.logout, { refreshToken: one.tokens.refreshToken })
    expect((await me(two.token)).status).toBe(200)
  })

  it('with a token this server never made is refused', async () => {
    const { post } = openServer()
    expectProblem(await post(routes.logout, { refreshToken: 'wxa_rt_guess' }), 401, 'refresh_invalid')
  })
})
