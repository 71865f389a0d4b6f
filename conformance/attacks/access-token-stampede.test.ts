import { type PhoneAnswer, routes, type WechatAccessTokenAnswer } from '@weapp-auth/protocol/contract'
import { createMemoryStore } from '@weapp-auth/server/memory'
import { createSealedTokenStore } from '@weapp-auth/wechat'
import { expect, test } from 'vitest'
import { app, openTarget } from './open-target.ts'

/*
 * A20: everybody needs the access_token at the same moment, and somebody else with the same secret keeps ending it.
 * WeChat is asked once for all of them, and never with force_refresh: that would end the token of the others in turn.
 */

const callers = 1000
const backend = { id: 'orders', secret: 'only-for-the-attack-0123456789abcdef', wechatAccessToken: [app.appId] }
const basic = `Basic ${Buffer.from(`${backend.id}:${backend.secret}`).toString('base64')}`
const path = `${routes.wechatAccessToken}?appId=${app.appId}`
const people = Array.from({ length: 40 }, (_, at) => ({
  id: `p${at}`,
  name: 'P',
  phones: [{ number: `139${String(at).padStart(8, '0')}` }],
}))

test.each([1, 2])(
  'a thousand callers on a cold start of %i instances make one question of each at most',
  async instances => {
    const store = createMemoryStore()
    const tokens = createSealedTokenStore({ table: store, key: new Uint8Array(32).fill(7) })
    const server = { store, backends: [backend] }
    const target = await openTarget({ people, server, wechat: { tokens }, instances })
    const answers = await Promise.all(
      Array.from({ length: callers }, (_, at) =>
        target.send<WechatAccessTokenAnswer>(path, { headers: { authorization: basic } }, target.urls[at % instances]),
      ),
    )
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    expect(new Set(answers.map(({ body }) => body.accessToken)).size).toBe(1)
    expect(target.askedFor('token')).toBeLessThanOrEqual(instances)
  },
  60_000,
)

test('a token that somebody else keeps ending is asked for once each time, and never by force', async () => {
  const target = await openTarget({ people, server: { limits: { perIp: 'off' } } })
  const logins = await Promise.all(people.map(({ id }) => target.logIn(id)))
  const rounds = 5
  for (let round = 0; round < rounds; round += 1) {
    // All tokens that are out are refused with 40001 from here on.
    target.emulator.control.stealToken(app.appId)
    const codes = await Promise.all(people.map(({ id }) => target.tap(id)))
    const answers = await Promise.all(
      codes.map(({ code }, at) =>
        target.post<PhoneAnswer>(routes.phone, { code, nonce: target.nonce() }, logins[at]?.tokens.accessToken),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  }
  expect(target.askedFor('stable_token')).toBeLessThanOrEqual(rounds + 1)
  const questions = target.asked.filter(({ url }) => url.pathname.endsWith('stable_token'))
  for (const { body } of questions) expect(JSON.parse(body)).not.toMatchObject({ force_refresh: true })
}, 60_000)
