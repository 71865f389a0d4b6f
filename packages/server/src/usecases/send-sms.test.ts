import { type Problem, routes, type SmsAnswer } from '@weapp-auth/protocol/contract'
import { describe, expect, it } from 'vitest'
import { createFakeSms } from '../../test/fake-sms.ts'
import { appId, expectProblem, newNonce, openServer, otherAppId, race } from '../../test/open-server.ts'
import type { SmsPolicy } from '../domain/sms-policy.ts'

const number = '+8613800138000'
const other = '+8613900139000'
const minute = 60_000

function openSms(policy: SmsPolicy = {}) {
  const sms = createFakeSms()
  const auth = openServer({ sms: sms.provider, policy: { sms: 'on', ...policy } })
  const send = (token: string, to = number, nonce = newNonce()) =>
    auth.post<SmsAnswer & Problem>(routes.sms, { number: to, nonce }, token)
  return { ...auth, sms, sendSms: send }
}

describe('asking for a one-time code', () => {
  it('sends six digits to the number and answers with a name for the message', async () => {
    const { logIn, sendSms, sms, eventsOf } = openSms()
    const { token, user } = await logIn()
    const answer = await sendSms(token)
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({ smsId: expect.stringMatching(/^[0-9a-f-]{36}$/), expiresIn: 300, resendAfter: 60 })
    expect(sms.sent).toMatchObject([{ number, minutes: 5, app: { appId, name: '' } }])
    expect(sms.code()).toMatch(/^\d{6}$/)
    const sent = { type: 'sms-sent', appId, userId: user.id, provider: 'fake', messageId: 'message-1' }
    expect(eventsOf('sms-sent')).toMatchObject([{ ...sent, masked: '138******00' }])
  })

  it('tells no event the number or the code', async () => {
    const { logIn, sendSms, sms, events } = openSms()
    const { token } = await logIn()
    sms.answerNext({ status: 'unknown', reason: 'no answer' })
    await sendSms(token)
    await sendSms(token, other)
    const told = JSON.stringify(events)
    for (const secret of [number.slice(1), other.slice(1), ...sms.sent.map(({ code }) => code)])
      expect(told).not.toContain(secret)
  })

  it('answers the same for a number that somebody has and one that nobody has', async () => {
    const { logIn, sendSms, phone, wechat } = openSms()
    const owner = await logIn('owner')
    await phone({ code: wechat.phoneCode(owner.person, number), nonce: newNonce() }, owner.token)
    const { token } = await logIn('stranger')
    const known = await sendSms(token, number)
    const unknown = await sendSms(token, other)
    expect({ ...known.body, smsId: '' }).toEqual({ ...unknown.body, smsId: '' })
    expect(known.status).toBe(unknown.status)
  })

  it('sends one message for one nonce, however often and at once it is asked', async () => {
    const { logIn, sendSms, sms, pass } = openSms()
    const { token } = await logIn()
    const nonce = newNonce()
    const answers = await race(16, () => sendSms(token, number, nonce))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    pass(30_000)
    const again = await sendSms(token, number, nonce)
    expect(again.body).toEqual({ ...answers[0]?.body, expiresIn: 270, resendAfter: 30 })
    expect(sms.sent).toHaveLength(1)
  })

  it('sends one message for one nonce in two processes', async () => {
    const sms = createFakeSms()
    const policy = { sms: 'on' } as const
    const one = openServer({ sms: sms.provider, policy })
    const two = openServer({ sms: sms.provider, policy, beside: one })
    const { token } = await one.logIn()
    const body = { number, nonce: newNonce() }
    const answers = await Promise.all([one, two].map(server => server.post<Problem>(routes.sms, body, token)))
    expect(sms.sent).toHaveLength(1)
    expect(answers.map(({ body }) => body.code).filter(Boolean)).toEqual(['attempt_pending'])
  })

  it('takes another minute for the same number, and says how long', async () => {
    const { logIn, sendSms, sms, pass } = openSms()
    const { token } = await logIn()
    await sendSms(token)
    pass(20_000)
    const early = await sendSms(token)
    expectProblem(early, 429, 'sms_limited')
    expect(early.body.retryAfterMs).toBe(40_000)
    expect(early.headers.get('retry-after')).toBe('40')
    expect((await sendSms(token, other)).status).toBe(200)
    pass(40_000)
    expect((await sendSms(token)).status).toBe(200)
    expect(sms.sent).toHaveLength(3)
  })

  it.each([
    ['one number, whoever asks', { perNumber: 3 }, (index: number) => ({ user: `user ${index}`, to: number })],
    ['one user, whatever the number', { perUser: 3 }, (index: number) => ({ user: 'one', to: numberOf(index) })],
    ['one address', { perIp: 3 }, (index: number) => ({ user: `user ${index}`, to: numberOf(index) })],
    ['the app, whoever asks', { perApp: 3 }, (index: number) => ({ user: `user ${index}`, to: numberOf(index) })],
  ])('sends exactly as many a day to %s as are allowed', async (_, smsLimits, who) => {
    const { logIn, sendSms, sms, arrival, pass } = openSms({ smsLimits })
    arrival.ip = '203.0.113.7'
    const logins = await Promise.all(Array.from({ length: 8 }, (_, index) => logIn(who(index).user)))
    const answers = await Promise.all(logins.map(({ token }, index) => sendSms(token, who(index).to)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3)
    for (const answer of answers.filter(({ status }) => status !== 200)) expectProblem(answer, 429, 'sms_limited')
    expect(sms.sent).toHaveLength(3)
    pass(24 * 60 * minute)
    const { token } = await logIn(who(0).user)
    expect((await sendSms(token, who(0).to)).status).toBe(200)
  })

  it('counts an address only when it is known, and each one apart', async () => {
    const { logIn, sendSms, arrival } = openSms({ smsLimits: { perIp: 1 } })
    const { token } = await logIn()
    expect((await sendSms(token, numberOf(1))).status).toBe(200)
    expect((await sendSms(token, numberOf(2))).status).toBe(200)
    arrival.ip = '203.0.113.7'
    expect((await sendSms(token, numberOf(3))).status).toBe(200)
    expectProblem(await sendSms(token, numberOf(4)), 429, 'sms_limited')
    arrival.ip = '203.0.113.8'
    expect((await sendSms(token, numberOf(5))).status).toBe(200)
  })

  it('alarms the operator once at four fifths of the day and once at its end', async () => {
    const { logIn, sendSms, eventsOf } = openSms({ smsLimits: { perApp: 5 } })
    const { token } = await logIn()
    for (let index = 0; index < 7; index += 1) await sendSms(token, numberOf(index))
    const alarms = eventsOf('budget-alarm').map(({ budget, used, limit, percent }) => ({
      budget,
      used,
      limit,
      percent,
    }))
    expect(alarms).toEqual([
      { budget: 'sms', used: 4, limit: 5, percent: 80 },
      { budget: 'sms', used: 5, limit: 5, percent: 100 },
    ])
  })

  it.each([
    ['no plus sign', '8613900139000'],
    ['no such number', '+861390013900'],
    ['a fixed line', '+862112345678'],
    ['another country', '+85251234567'],
  ])('refuses %s, naming the field and not its value', async (_, wrong) => {
    const { logIn, sendSms, sms } = openSms()
    const { token } = await logIn()
    const answer = await sendSms(token, wrong)
    expectProblem(answer, 400, 'request_invalid')
    expect(answer.body.field).toBe('number')
    expect(answer.text).not.toContain(wrong)
    expect(sms.sent).toHaveLength(0)
  })

  it('goes abroad when the app says so', async () => {
    const { logIn, sendSms, sms } = openSms({ smsCountries: ['86', '852'] })
    const { token } = await logIn()
    expect((await sendSms(token, '+85251234567')).status).toBe(200)
    expect(sms.sent[0]?.number).toBe('+85251234567')
  })

  it('is off unless the app says so, and needs a session', async () => {
    const { logIn, sendSms } = openSms({ sms: 'off' })
    const { token } = await logIn()
    expectProblem(await sendSms(token), 403, 'sms_off')
    expectProblem(await sendSms('no token'), 401, 'token_invalid')
  })

  it('belongs to an app: its budgets are not those of another', async () => {
    const { logIn, sendSms } = openSms({ smsLimits: { perNumber: 1 } })
    const here = await logIn('a')
    const there = await logIn('b', { appId: otherAppId })
    expect((await sendSms(here.token)).status).toBe(200)
    expect((await sendSms(there.token)).status).toBe(200)
  })
})

describe('a provider that does not send', () => {
  it.each(['refused', 'unavailable'] as const)(
    'and was %s leaves nothing behind: the same nonce may try again',
    async status => {
      const { logIn, sendSms, sms, eventsOf } = openSms({ smsLimits: { perUser: 1 } })
      const { token } = await logIn()
      const nonce = newNonce()
      sms.answerNext({ status, reason: 'isv.AMOUNT_NOT_ENOUGH' })
      expectProblem(await sendSms(token, number, nonce), 503, 'sms_unavailable')
      expect(eventsOf('sms-failed')).toMatchObject([{ status, reason: 'isv.AMOUNT_NOT_ENOUGH', masked: '138******00' }])
      expect((await sendSms(token, number, nonce)).status).toBe(200)
      expect(sms.sent).toHaveLength(2)
      expect(sms.sent[0]?.code).not.toBe(sms.sent[1]?.code)
    },
  )

  it.each([
    ['number-refused', 400, 'request_invalid'],
    ['number-limited', 429, 'sms_limited'],
  ] as const)('because of the number (%s) stays counted', async (status, http, code) => {
    const { logIn, sendSms, sms } = openSms({ smsLimits: { perUser: 1 } })
    const { token } = await logIn()
    sms.answerNext({ status, reason: 'isv.MOBILE_NUMBER_ILLEGAL' })
    expectProblem(await sendSms(token), http, code)
    expectProblem(await sendSms(token, other), 429, 'sms_limited')
  })

  it.each([
    ['gives no answer', { status: 'unknown', reason: 'no answer' } as const],
    ['throws', new RangeError('+8613800138000 is in here')],
  ])(
    'and %s may have sent it: the user may type the code, and the same nonce sends nothing more',
    async (_, outcome) => {
      const { logIn, sendSms, sms, post, events } = openSms()
      const { token } = await logIn()
      const nonce = newNonce()
      sms.answerNext(outcome)
      const answer = await sendSms(token, number, nonce)
      expect(answer.status).toBe(200)
      expect((await sendSms(token, number, nonce)).body.smsId).toBe(answer.body.smsId)
      expect(sms.sent).toHaveLength(1)
      expect(JSON.stringify(events)).not.toContain('13800138000')
      const verify = { smsId: answer.body.smsId, code: sms.code(), nonce: newNonce() }
      expect((await post(routes.smsVerify, verify, token)).status).toBe(200)
    },
  )

  it('and died with its process is not asked again for the same nonce', async () => {
    const sms = createFakeSms()
    const policy = { sms: 'on' } as const
    const dead = openServer({ sms: sms.provider, policy })
    const { token } = await dead.logIn()
    const body = { number, nonce: newNonce() }
    sms.answerNext('never')
    void dead.post(routes.sms, body, token)
    while (sms.sent.length === 0) await new Promise(setImmediate)
    const alive = openServer({ sms: sms.provider, policy, beside: dead })
    expectProblem(await alive.post<Problem>(routes.sms, body, token), 409, 'attempt_pending')
    alive.pass(15_000)
    const answer = await alive.post<SmsAnswer>(routes.sms, body, token)
    expect(answer.body).toMatchObject({ expiresIn: 285, resendAfter: 45 })
    expect(sms.sent).toHaveLength(1)
  })
})

function numberOf(index: number): string {
  return `+86138001380${String(index).padStart(2, '0')}`
}
