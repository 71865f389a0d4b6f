import { afterEach, expect, test } from 'vitest'
import { app, lin, minutes, oldLibrary, openStage, type Stage } from './stage.ts'

/*
 * The trap of "开放数据校验与解密": wx.login after the tap replaces the session_key, and the ciphertext of the tap cannot
 * be opened with the new one. Here the server still holds the key of the login before.
 */
let stage: Stage
afterEach(() => stage.close())

test('another wx.login between tap and submission does not lose the tap', async () => {
  stage = await openStage({ policy: { openData: 'enforce' }, minKeyAgeMs: 0 })
  const visit = stage.open(lin, oldLibrary)
  await visit.auth.ready()

  const detail = await visit.phone.tapPhoneButton()
  await visit.auth.login()

  expect(await visit.auth.bindPhone({ detail })).toMatchObject({ status: 'bound', phone: { number: '+8613800138000' } })
})

test('an old front end that logs in inside the callback is served by the key before', async () => {
  stage = await openStage({ policy: { openData: 'enforce' }, minKeyAgeMs: 0 })
  const { wx, tapPhoneButton } = stage.emulator.wx(lin.id, app.appId, oldLibrary)
  const logIn = async (nonce: string) => {
    const { code } = await wx.login()
    const { body } = await stage.post('/v1/login', { appId: app.appId, code, nonce: nonce.repeat(16) })
    return body as { loginId: string; tokens: { accessToken: string } }
  }
  await logIn('a')
  const { encryptedData, iv } = await tapPhoneButton()
  const late = await logIn('b')
  const answer = await stage.post(
    '/v1/phone',
    { encryptedData, iv, loginId: late.loginId, nonce: 'c'.repeat(16) },
    late.tokens.accessToken,
  )
  expect(answer).toMatchObject({ status: 200, body: { change: 'bound' } })
})

test('the emulator names the cause when no key fits any more', async () => {
  stage = await openStage({ policy: { openData: 'enforce' }, minKeyAgeMs: 0 })
  const visit = stage.open(lin, oldLibrary)
  await visit.auth.ready()
  stage.emulator.control.rotateKey(lin.id, app.appId)
  expect((await visit.tap()).status).toBe('tap-again')
  expect(await visit.tap()).toMatchObject({ status: 'bound' })
})

test('with a phone code no key matters at all', async () => {
  stage = await openStage({ minKeyAgeMs: 0 })
  const visit = stage.open(lin)
  await visit.auth.ready()
  stage.advance(minutes(30))
  const detail = await visit.phone.tapPhoneButton()
  await visit.auth.login()
  stage.emulator.control.rotateKey(lin.id, app.appId)
  expect(await visit.auth.bindPhone({ detail })).toMatchObject({ status: 'bound' })
})
