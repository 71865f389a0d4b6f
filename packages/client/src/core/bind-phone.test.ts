import type { ProblemCode } from '@weapp-auth/protocol/contract'
import { expect, test } from 'vitest'
import { settle } from '../testing/fake-clock.ts'
import { createFakePhone, type FakePhone } from '../testing/fake-phone.ts'
import { launch, leaveSession } from '../testing/launch.ts'
import type { PhoneOutcome } from './outcomes.ts'

const submissions = (phone: FakePhone) =>
  phone.sent.filter(({ url }) => url.endsWith('/v1/phone')).map(({ body }) => body as Record<string, string>)

/** Lets all pauses pass. */
async function patiently(phone: FakePhone, outcome: Promise<PhoneOutcome>): Promise<PhoneOutcome> {
  await phone.clock.advance(60_000)
  return outcome
}

test('one tap binds the phone without another wx.login', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  expect(await auth.bindPhone(phone.agreed())).toMatchObject({ status: 'bound', phone: { number: '+8613800138000' } })
  expect([phone.count('login'), submissions(phone).length]).toEqual([1, 1])
  expect(auth.user()?.phone?.number).toBe('+8613800138000')
})

test('the event and its detail are the same', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  expect(await auth.bindPhone(phone.agreed().detail)).toMatchObject({ status: 'bound' })
  expect(await auth.bindPhone(phone.agreed())).toMatchObject({ status: 'unchanged' })
  expect(await auth.bindPhone(phone.agreed('code', '+8613900139000'))).toMatchObject({ status: 'replaced' })
})

test('code and ciphertext travel together, the ciphertext with the login it belongs to', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  await auth.bindPhone(phone.agreed('both'))
  expect(Object.keys(submissions(phone)[0] ?? {}).sort()).toEqual(['code', 'encryptedData', 'iv', 'loginId', 'nonce'])
})

test('with a session from an earlier launch the code goes alone: its login is not known any more', async () => {
  const phone = createFakePhone()
  await leaveSession(phone)
  const auth = await launch(phone)
  expect(await auth.bindPhone(phone.agreed('both'))).toMatchObject({ status: 'bound' })
  expect(Object.keys(submissions(phone)[0] ?? {}).sort()).toEqual(['code', 'nonce'])
  expect(phone.count('login')).toBe(0)
})

test('a tap during the launch waits for the login under way', async () => {
  const phone = createFakePhone()
  phone.manual = true
  const auth = await launch(phone)
  const outcome = auth.bindPhone(phone.agreed('sealed'))
  await settle()
  phone.manual = false
  phone.logins[0]?.succeed()
  expect(await outcome).toMatchObject({ status: 'bound' })
  expect(phone.count('login')).toBe(1)
})

test('a ciphertext that comes while a new login is under way goes with that login', async () => {
  const phone = createFakePhone({ hasPhoneCode: false })
  const auth = await launch(phone)
  phone.manual = true
  await phone.clock.advance(400_000)
  const login = auth.login()
  await settle()
  const outcome = auth.bindPhone(phone.agreed())
  await settle()
  expect(submissions(phone)).toEqual([])
  phone.manual = false
  phone.logins[0]?.succeed()
  expect([await login, await outcome].map(({ status }) => status)).toEqual(['ready', 'bound'])
  expect(submissions(phone)).toHaveLength(1)
})

test('lost answers are asked for again with the same nonce, and paid for once', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  phone.fates.push('lost-after', 'html', 'lost-before')
  expect(await patiently(phone, auth.bindPhone(phone.agreed()))).toMatchObject({ status: 'bound' })
  expect(new Set(submissions(phone).map(({ nonce }) => nonce)).size).toBe(1)
  expect(submissions(phone)).toHaveLength(4)
  expect([...phone.server.paid.values()]).toEqual([1])
})

test('what could not be delivered is kept, and retry() needs no new tap', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  phone.fates.push('lost-after', 'lost-after', 'lost-after', 'lost-after')
  const outcome = await patiently(phone, auth.bindPhone(phone.agreed()))
  if (outcome.status !== 'unavailable') throw new Error(outcome.status)
  expect(auth.state().phone).toBe('idle')
  expect(await outcome.retry()).toMatchObject({ status: 'bound' })
  expect(new Set(submissions(phone).map(({ nonce }) => nonce)).size).toBe(1)
  expect([...phone.server.paid.values()]).toEqual([1])
})

test('a server that never answers is given up, with the payload kept', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  phone.fates.push('never', 'never', 'never', 'never')
  expect(await patiently(phone, auth.bindPhone(phone.agreed()))).toMatchObject({ status: 'unavailable' })
})

test('a dead session is replaced and the same code is sent again', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  phone.server.endSessions()
  expect(await auth.bindPhone(phone.agreed('code'))).toMatchObject({ status: 'bound' })
  const [first, second] = submissions(phone)
  expect(second).toMatchObject({ code: first?.code, nonce: first?.nonce })
  expect(phone.calls.indexOf('POST /v1/phone')).toBeLessThan(phone.calls.lastIndexOf('login'))
})

test('an expired token is refreshed without a login', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  phone.server.expireAccess()
  expect(await auth.bindPhone(phone.agreed('sealed'))).toMatchObject({ status: 'bound' })
  expect([phone.count('login'), phone.count('POST /v1/token')]).toEqual([1, 1])
})

test('a ciphertext with a key the server does not know is saved by a login that keeps the key', async () => {
  const phone = createFakePhone({ hasPhoneCode: false })
  const auth = await launch(phone)
  await phone.clock.advance(300_000)
  phone.rotateKey()
  expect(await auth.bindPhone(phone.agreed())).toMatchObject({ status: 'bound' })
  expect([phone.count('login'), submissions(phone).length]).toEqual([2, 2])
})

test('a ciphertext whose key is lost needs a new tap, which then succeeds', async () => {
  const phone = createFakePhone({ hasPhoneCode: false })
  const auth = await launch(phone)
  phone.rotateKey()
  const event = phone.agreed()
  phone.rotateKey()
  const outcome = await auth.bindPhone(event)
  expect(outcome).toMatchObject({ status: 'tap-again', detail: expect.stringContaining('phone_data_invalid') })
  expect(await auth.bindPhone(phone.agreed())).toMatchObject({ status: 'bound' })
  expect(phone.count('login')).toBe(2)
})

test('a ciphertext made before the last login is tried with the login before it', async () => {
  const phone = createFakePhone({ hasPhoneCode: false })
  const auth = await launch(phone)
  await phone.clock.advance(400_000)
  const event = phone.agreed()
  await auth.login()
  phone.server.refuseNext('/v1/phone', 'phone_data_invalid')
  expect(await auth.bindPhone(event)).toMatchObject({ status: 'bound' })
  const [first, second] = submissions(phone)
  expect(first?.loginId).not.toBe(second?.loginId)
  expect(phone.count('login')).toBe(2)
})

test('a ciphertext without any login, because the server was down, gets one', async () => {
  const phone = createFakePhone({ hasPhoneCode: false })
  phone.fates.push('lost-before', 'lost-before', 'lost-before', 'lost-before')
  const auth = await launch(phone)
  await phone.clock.advance(10_000)
  expect(await auth.bindPhone(phone.agreed())).toMatchObject({ status: 'bound' })
})

test('no wx.login starts between the tap and the verdict', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  auth.phoneTapped()
  expect(auth.state().phone).toBe('asking')
  const login = auth.login()
  await phone.clock.advance(30_000)
  phone.manual = true
  const outcome = auth.bindPhone(phone.agreed())
  await phone.clock.advance(8000)
  expect([phone.count('login'), phone.count('POST /v1/phone')]).toEqual([1, 1])
  phone.manual = false
  phone.wire[0]?.deliver('ok')
  expect([await outcome, await login].map(({ status }) => status)).toEqual(['bound', 'ready'])
  expect(phone.count('login')).toBe(2)
})

test('a login that waits for the tap goes first when the tap turns out to need it', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  auth.phoneTapped()
  phone.server.endSessions()
  const request = auth.request({ url: '/v1/me' })
  await phone.clock.advance(30_000)
  expect(phone.count('login')).toBe(1)
  const outcome = auth.bindPhone(phone.agreed())
  expect([await outcome, await request].map(({ status }) => status)).toEqual(['bound', 'answered'])
  expect(phone.count('login')).toBe(2)
})

test('a sheet that never answers holds logins and buttons back for a minute, not for ever', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  auth.phoneTapped()
  const login = auth.login()
  await phone.clock.advance(59_000)
  expect(phone.count('login')).toBe(1)
  await phone.clock.advance(1000)
  expect(await login).toMatchObject({ status: 'ready' })
  expect(auth.state().phone).toBe('idle')
})

test('a tap gets a token ready while the user reads the sheet', async () => {
  const phone = createFakePhone()
  await leaveSession(phone)
  const auth = await launch(phone)
  auth.phoneTapped()
  await settle()
  expect(phone.count('POST /v1/token')).toBe(1)
  await auth.bindPhone(phone.agreed())
  expect([phone.count('POST /v1/token'), phone.count('login')]).toEqual([1, 0])
})

test('a tap without a session logs in at once, before the sheet is answered', async () => {
  const phone = createFakePhone({ hasPhoneCode: false })
  phone.loginFates.push({ errMsg: 'login:fail network' })
  const auth = await launch(phone)
  await phone.clock.advance(2000)
  auth.phoneTapped()
  expect(phone.count('login')).toBe(2)
  await settle()
  expect(await auth.bindPhone(phone.agreed())).toMatchObject({ status: 'bound' })
})

test('a double tap joins the first: one submission, one payment, one outcome for both', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  const event = phone.agreed()
  const both = await Promise.all([auth.bindPhone(event), auth.bindPhone(event), auth.bindPhone(phone.agreed())])
  expect(both.map(({ status }) => status)).toEqual(['bound', 'bound', 'bound'])
  expect([submissions(phone).length, phone.server.paid.size]).toEqual([1, 1])
})

test('the proof of a second tap is used when the first one was void', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  phone.server.refuseNext('/v1/phone', 'phone_code_invalid')
  const event = phone.agreed('code')
  const first = auth.bindPhone(event)
  const twin = auth.bindPhone(event)
  const second = auth.bindPhone(phone.agreed())
  expect([await first, await twin, await second].map(({ status }) => status)).toEqual([
    'tap-again',
    'tap-again',
    'bound',
  ])
})

test('a refusal that comes while a number is being decided does not hide its outcome', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  const first = auth.bindPhone(phone.agreed())
  const second = auth.bindPhone({ detail: { errMsg: 'getPhoneNumber:fail user deny' } })
  expect([await first, await second].map(({ status }) => status)).toEqual(['bound', 'bound'])
})

test.each<[ProblemCode, PhoneOutcome['status']]>([
  ['phone_taken', 'taken'],
  ['phone_code_invalid', 'tap-again'],
  ['phone_code_consumed', 'tap-again'],
  ['open_data_off', 'failed'],
  ['request_invalid', 'failed'],
  ['app_misconfigured', 'failed'],
])('%s means %s, at once', async (code, status) => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  phone.server.refuseNext('/v1/phone', code)
  expect(await auth.bindPhone(phone.agreed('code'))).toMatchObject({ status, detail: expect.stringContaining(code) })
  expect([submissions(phone).length, phone.count('login')]).toEqual([1, 1])
})

test('when the user thought for too long the ciphertext of the same event stands in for the dead code', async () => {
  const phone = createFakePhone()
  await leaveSession(phone)
  const auth = await launch(phone)
  phone.server.refuseNext('/v1/phone', 'phone_code_invalid')
  expect(await auth.bindPhone(phone.agreed('both'))).toMatchObject({ status: 'bound' })
  // No login of this launch was known, so one was made; WeChat had kept the young key.
  expect(submissions(phone).map(body => Object.keys(body).sort().join())).toEqual([
    'code,nonce',
    'encryptedData,iv,loginId,nonce',
  ])
  expect(phone.count('login')).toBe(1)
})

test('a dead code and a ciphertext that no key opens end in tap-again', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  const event = phone.agreed('both')
  phone.server.refuseNext('/v1/phone', 'phone_code_invalid')
  phone.server.refuseNext('/v1/phone', 'phone_data_invalid')
  expect(await auth.bindPhone(event)).toMatchObject({ status: 'tap-again' })
  expect(submissions(phone)).toHaveLength(2)
})

test('a dead code means tap-again on a server that takes codes alone', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  phone.server.refuseNext('/v1/phone', 'phone_code_invalid')
  phone.server.refuseNext('/v1/phone', 'open_data_off')
  expect(await auth.bindPhone(phone.agreed('both'))).toMatchObject({ status: 'tap-again' })
})

test('a blocked user reads a neutral sentence', async () => {
  const phone = createFakePhone()
  phone.server.refuseNext('/v1/login', 'user_blocked')
  const auth = await launch(phone)
  expect(await auth.bindPhone(phone.agreed())).toMatchObject({ status: 'blocked', message: { en: expect.any(String) } })
})

test('a server that refuses every token is not asked for ever', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  for (let turn = 0; turn < 20; turn++) phone.server.refuseNext('/v1/phone', 'token_invalid')
  expect(await auth.bindPhone(phone.agreed())).toMatchObject({ status: 'failed' })
  expect(submissions(phone).length).toBeLessThan(10)
})

test.each([undefined, null, 'getPhoneNumber:ok', 7, [], {}, { detail: undefined }, { detail: null }, { detail: {} }])(
  'an event without detail fails with an explanation and without a request: %j',
  async event => {
    const phone = createFakePhone()
    const auth = await launch(phone)
    expect(await auth.bindPhone(event)).toMatchObject({ status: 'failed', detail: expect.stringMatching(/./) })
    expect(submissions(phone)).toEqual([])
  },
)

test('a tap after logout logs in: the user asked for it', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  await auth.logout()
  expect(await auth.bindPhone(phone.agreed())).toMatchObject({ status: 'bound' })
  expect(auth.state().session).toBe('in')
})

test('an event that is delivered once more, after its outcome, gets the same outcome and is not paid for again', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  const event = phone.agreed('code')
  const first = await auth.bindPhone(event)
  expect(await auth.bindPhone(event)).toEqual(first)
  expect([...phone.server.paid.values()]).toEqual([1])
})
