import type { SmsRequest, SmsVerifyRequest } from '@weapp-auth/protocol/contract'
import { expect, test } from 'vitest'
import { type AnswerRoute, answerRoutes, granted, refused } from '../testing/answer-routes.ts'
import { settle } from '../testing/fake-clock.ts'
import { createFakePhone } from '../testing/fake-phone.ts'
import { launch } from '../testing/launch.ts'
import { createSms } from './create-sms.ts'

/** A server that sends, and takes 123456; the same nonce gets the same answer and sends one message. */
function honestServer() {
  const messages = new Map<string, string>()
  const answer: AnswerRoute = (path, body) => {
    if (path === '/v1/sms') {
      const { number, nonce } = body as SmsRequest
      messages.set(nonce, number)
      return granted({ smsId: `sms-${[...messages.keys()].indexOf(nonce)}`, expiresIn: 300, resendAfter: 60 })
    }
    const { code } = body as SmsVerifyRequest
    const number = [...messages.values()].at(-1)
    if (code !== '123456') return refused('sms_code_wrong', { attemptsLeft: 4 })
    return granted({ change: 'bound', phone: { number, masked: '138******00', source: 'sms' } })
  }
  return { messages, answer }
}

async function open(answer: AnswerRoute = honestServer().answer) {
  const phone = createFakePhone()
  const got = answerRoutes(phone.server, '/v1/sms', answer)
  const auth = await launch(phone)
  return { phone, auth, got, sms: createSms({ auth }) }
}

test('a number is typed, its code given back, and the user has the phone', async () => {
  const { sms, got, auth } = await open()
  expect(await sms.send('138 0013 8000')).toEqual({
    status: 'sent',
    number: '+8613800138000',
    expiresInMs: 300_000,
    resendAfterMs: 60_000,
  })
  expect(await sms.verify(' 123456 ')).toMatchObject({ status: 'bound', phone: { number: '+8613800138000' } })
  expect(got).toMatchObject([
    { path: '/v1/sms', body: { number: '+8613800138000', nonce: expect.stringMatching(/^[0-9a-f]{32}$/) } },
    { path: '/v1/sms/verify', body: { smsId: 'sms-0', code: '123456' } },
  ])
  expect(auth.user()?.phone?.source).toBe('sms')
})

test.each(['', '1380013800', '23800138000', '+86 1380013800a', '021-12345678', '+0123456789'])(
  'what is no mobile number is not sent: %s',
  async text => {
    const { sms, got } = await open()
    expect(await sms.send(text)).toMatchObject({ status: 'number-invalid', message: { zh: expect.any(String) } })
    expect(got).toEqual([])
    expect(sms.coolDownMs(text)).toBe(0)
  },
)

test('other countries: with a plus sign, or as the option says', async () => {
  const { auth, got } = await open()
  await createSms({ auth }).send('+44 7911 123456')
  await createSms({ auth, countryCode: '852' }).send('5123 4567')
  expect(got.map(({ body }) => (body as SmsRequest).number)).toEqual(['+447911123456', '+85251234567'])
})

test('the same number again is too soon, known without asking; another number is not', async () => {
  const { sms, got, phone } = await open()
  await sms.send('13800138000')
  await phone.clock.advance(20_000)
  expect(await sms.send('+86 13800138000')).toMatchObject({ status: 'too-soon', retryAfterMs: 40_000 })
  expect(sms.coolDownMs('13800138000')).toBe(40_000)
  expect(await sms.send('13900139000')).toMatchObject({ status: 'sent' })
  await phone.clock.advance(40_000)
  expect(sms.coolDownMs('13800138000')).toBe(0)
  expect(await sms.send('13800138000')).toMatchObject({ status: 'sent' })
  expect(got).toHaveLength(3)
})

test('a clock that was set back does not lock the user out', async () => {
  const { sms, phone } = await open()
  await sms.send('13800138000')
  phone.clock.shift(-86_400_000)
  expect(await sms.send('13800138000')).toMatchObject({ status: 'sent' })
})

test('two presses send one message', async () => {
  const { sms, got } = await open()
  const both = await Promise.all([sms.send('13800138000'), sms.send('13800138000')])
  expect(both.map(({ status }) => status)).toEqual(['sent', 'sent'])
  expect(got).toHaveLength(1)
})

test('an answer that got lost is asked for again with the same nonce: one message', async () => {
  const { answer, messages } = honestServer()
  const { sms, phone } = await open(answer)
  phone.fates.push('lost-after')
  const outcome = await sms.send('13800138000')
  expect(outcome.status).toBe('unavailable')
  if ('retry' in outcome) expect(await outcome.retry()).toMatchObject({ status: 'sent' })
  expect(messages.size).toBe(1)
  await phone.clock.advance(60_000)
  await sms.send('13800138000')
  expect(messages.size).toBe(2)
})

test('a code whose verdict got lost is sent again with the same nonce, and counts once', async () => {
  const { sms, phone, got } = await open()
  await sms.send('13800138000')
  phone.fates.push('lost-after')
  expect(await sms.verify('123456')).toMatchObject({ status: 'unavailable' })
  const both = await Promise.all([sms.verify('123456'), sms.verify('123456')])
  expect(both.map(({ status }) => status)).toEqual(['bound', 'bound'])
  const nonces = got.slice(1).map(({ body }) => (body as SmsVerifyRequest).nonce)
  expect([nonces.length, new Set(nonces).size]).toEqual([2, 1])
})

test('a wrong code tells how many attempts are left', async () => {
  const { sms } = await open()
  await sms.send('13800138000')
  expect(await sms.verify('654321')).toMatchObject({ status: 'wrong', remaining: 4 })
  expect(await sms.verify('123456')).toMatchObject({ status: 'bound' })
})

test.each(['', '12345', '1234567', '12a456'])('what is no code costs no attempt: %s', async text => {
  const { sms, got } = await open()
  await sms.send('13800138000')
  expect(await sms.verify(text)).toMatchObject({ status: 'incomplete' })
  expect(got).toHaveLength(1)
})

test('without a message there is nothing to verify, nor after it was', async () => {
  const { sms } = await open()
  expect(await sms.verify('123456')).toMatchObject({ status: 'expired' })
  await sms.send('13800138000')
  await sms.verify('123456')
  expect(await sms.verify('123456')).toMatchObject({ status: 'expired' })
})

test.each([
  ['sms_off', {}, { status: 'off' }],
  ['sms_limited', { retryAfterMs: 3_600_000 }, { status: 'limited', retryAfterMs: 3_600_000 }],
  ['rate_limited', { retryAfterMs: 5000 }, { status: 'limited', retryAfterMs: 5000 }],
  ['request_invalid', { field: 'number' }, { status: 'number-invalid' }],
  ['sms_unavailable', {}, { status: 'unavailable' }],
  ['app_misconfigured', {}, { status: 'failed' }],
] as const)('asked for a message, the server says %s: %j is %j', async (code, more, outcome) => {
  const { sms } = await open(() => refused(code, more))
  expect(await sms.send('13800138000')).toMatchObject({ ...outcome, message: { en: expect.any(String) } })
})

test('a limit of the server is kept here too', async () => {
  const { sms, got } = await open(() => refused('sms_limited', { retryAfterMs: 3_600_000 }))
  await sms.send('13800138000')
  expect(await sms.send('13800138000')).toMatchObject({ status: 'too-soon', retryAfterMs: 3_600_000 })
  expect(got).toHaveLength(1)
})

test.each([
  ['sms_code_expired', { status: 'expired' }],
  ['phone_taken', { status: 'taken' }],
  ['rate_limited', { status: 'limited' }],
  ['attempt_pending', { status: 'unavailable' }],
] as const)('given a code, the server says %s: %j', async (code, outcome) => {
  const { answer } = honestServer()
  const { sms } = await open((path, body) => (path === '/v1/sms' ? answer(path, body) : refused(code)))
  await sms.send('13800138000')
  expect(await sms.verify('123456')).toMatchObject(outcome)
})

test('logged out, nothing is sent and the reason is told', async () => {
  const { sms, auth, got } = await open()
  await auth.logout()
  expect(await sms.send('13800138000')).toMatchObject({ status: 'logged-out' })
  await settle()
  expect(got).toEqual([])
})
