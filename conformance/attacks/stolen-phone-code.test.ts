import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { app, kwan, lin, openStage, type Stage } from '../stage.ts'
import { type Attacker, ask, codeOf, logIn, newNonce } from './attacker.ts'

// Nothing here is about time, and the machine may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/*
 * A phone code names no user by itself. The server sends the openid of the session along, and WeChat compares it
 * ("获取手机号", parameter openid).
 */

let stage: Stage
beforeEach(async () => {
  stage = await openStage({ ports: true })
})
afterEach(() => stage.close())

const tap = async (person: string) => (await stage.emulator.wx(person, app.appId).tapPhoneButton()).code ?? ''
const send = async ({ ask }: Attacker, code: string) =>
  codeOf(await ask('/v1/phone', { body: { code, nonce: newNonce() } }))
const phonesOf = async ({ ask }: Attacker) => JSON.parse((await ask('/v1/me/phones', { method: 'GET' })).text).phones
const recorded = () => stage.events.flatMap(event => (event.type === 'phone-recorded' ? [event.userId] : []))

test('a code of another user binds nothing, and its owner can still use it', async () => {
  const [thief, owner] = [await logIn(stage), await logIn(stage, kwan.id)]
  const code = await tap(kwan.id)
  expect(await send(thief, code)).toBe('phone_code_invalid')
  expect(await phonesOf(thief)).toEqual([])
  expect(await send(owner, code)).toBe('ok')
  expect(recorded()).toEqual([owner.user.id])
})

test('nor does it with the login of the thief in the same request', async () => {
  const code = await tap(kwan.id)
  const login = await stage.emulator.wx(lin.id, app.appId).wx.login()
  const body = { appId: app.appId, code: login.code, nonce: newNonce(), phone: { code } }
  expect(codeOf(await ask(stage.origin, '/v1/login/phone', { body }))).toBe('phone_code_invalid')
  expect(recorded()).toEqual([])
})

test('thirty-two thieves who race its owner bind nothing', async () => {
  const [thief, owner] = [await logIn(stage), await logIn(stage, kwan.id)]
  const code = await tap(kwan.id)
  const racers = Array.from({ length: 33 }, (_, at) => send(at === 16 ? owner : thief, code))
  const codes = await Promise.all(racers)
  expect(codes[16]).toBe('ok')
  expect(codes.filter(code => code === 'ok')).toHaveLength(1)
  expect(recorded()).toEqual([owner.user.id])
  expect(await phonesOf(thief)).toEqual([])
})

test('a spent code is spent for everybody, its owner included', async () => {
  const [thief, owner] = [await logIn(stage), await logIn(stage, kwan.id)]
  const code = await tap(kwan.id)
  expect(await send(owner, code)).toBe('ok')
  expect(await send(owner, code)).toBe('phone_code_consumed')
  expect(await send(thief, code)).toBe('phone_code_consumed')
  expect(recorded()).toEqual([owner.user.id])
})
