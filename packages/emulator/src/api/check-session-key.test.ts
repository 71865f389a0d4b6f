import { sessionSignature } from '@weapp-auth/protocol/wechat'
import { expect, test } from 'vitest'
import { BOOKS, createWorld, LIN, TEA } from '../../test/world.ts'

async function loggedIn() {
  const world = createWorld()
  const { openid, session_key } = await world.session(await world.login())
  return { ...world, openid: String(openid), sessionKey: String(session_key) }
}

test('checksession says ok to the current key and 87009 to one that was replaced', async () => {
  const { checkSession, openid, sessionKey, control, noted } = await loggedIn()
  expect(await checkSession(openid, sessionKey)).toEqual({ errcode: 0, errmsg: 'ok' })
  control.rotateKey(LIN.id, TEA.appId)
  expect(await checkSession(openid, sessionKey)).toEqual({
    errcode: 87009,
    errmsg: expect.stringMatching(/^invalid signature rid: /),
  })
  expect(noted('GET /wxa/checksession')?.facts).toMatchObject({ currentGeneration: 2, serverGeneration: 1 })
})

test('checksession refuses openids that the app never saw, other methods and keys that ran out', async () => {
  const { checkSession, openid, sessionKey, control, stableToken, ask } = await loggedIn()
  expect(await checkSession('oNobody', sessionKey)).toMatchObject({ errcode: 40003 })
  expect(await checkSession(openid, sessionKey, await stableToken(BOOKS))).toMatchObject({ errcode: 40003 })
  const query = `access_token=${await stableToken()}&openid=${openid}&signature=${sessionSignature(sessionKey)}`
  expect(await ask(`/wxa/checksession?${query}&sig_method=sha1`)).toMatchObject({ errcode: 87008 })
  expect(await ask(`/wxa/checksession?access_token=${await stableToken()}`)).toMatchObject({ errcode: 40003 })
  control.clock.advance(259_200_000)
  expect(await checkSession(openid, sessionKey)).toMatchObject({ errcode: 87007 })
})

test('resetusersessionkey gives a new key; the old one dies, the login stays valid', async () => {
  const { ask, checkSession, openid, sessionKey, stableToken, phone } = await loggedIn()
  const query = `access_token=${await stableToken()}&openid=${openid}&signature=${sessionSignature(sessionKey)}`
  const answer = await ask(`/wxa/resetusersessionkey?${query}&sig_method=hmac_sha256`)
  expect(answer).toMatchObject({ errcode: 0, errmsg: 'ok', openid })
  expect(await checkSession(openid, sessionKey)).toMatchObject({ errcode: 87009 })
  expect(await checkSession(openid, String(answer.session_key))).toMatchObject({ errcode: 0 })
  expect(await phone().wx.checkSession()).toEqual({ errMsg: 'checkSession:ok' })
})
