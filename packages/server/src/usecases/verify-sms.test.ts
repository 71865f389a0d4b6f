import { type PhoneAnswer, type Problem, routes, type SmsAnswer } from '@weapp-auth/protocol/contract'
import { describe, expect, it } from 'vitest'
import { createFakeSms } from '../../test/fake-sms.ts'
import { expectProblem, newNonce, openServer, otherAppId, race } from '../../test/open-server.ts'
import type { PhoneConflict } from '../domain/app-policy.ts'

const number = '+8613800138000'

async function openVerify(options: { phoneConflict?: PhoneConflict } = {}) {
  const sms = createFakeSms()
  const auth = openServer({ sms: sms.provider, policy: { sms: 'on' }, ...options })
  const login = await auth.logIn()
  const ask = async (token = login.token, to = number) => {
    const answer = await auth.post<SmsAnswer>(routes.sms, { number: to, nonce: newNonce() }, token)
    expect(answer.status).toBe(200)
    return { smsId: answer.body.smsId, code: sms.code() }
  }
  const verify = (smsId: string, code: string, { token = login.token, nonce = newNonce() } = {}) =>
    auth.post<PhoneAnswer & Problem>(routes.smsVerify, { smsId, code, nonce }, token)
  return { ...auth, ...login, sms, ask, verify }
}

/** Another code than this one. */
function wrong(code: string, by = 1): string {
  return String((Number(code) + by) % 1_000_000).padStart(6, '0')
}

describe('giving a one-time code back', () => {
  it('binds the number, with its source and its history', async () => {
    const { ask, verify, phone, wechat, person, phones, token, eventsOf } = await openVerify()
    await phone({ code: wechat.phoneCode(person, '+8613900139000'), nonce: newNonce() }, token)
    const { smsId, code } = await ask()
    const answer = await verify(smsId, code)
    expect(answer.body).toMatchObject({ change: 'replaced', phone: { number, source: 'sms', countryCode: '86' } })
    const { body } = await phones(token)
    expect(body.phones.map(({ number, source }) => `${number} ${source}`)).toEqual([
      `${number} sms`,
      '+8613900139000 phone-code',
    ])
    expect(eventsOf('phone-recorded').at(-1)).toMatchObject({ source: 'sms', masked: '138******00' })
  })

  it('works once: any number of callers get one success', async () => {
    const { ask, verify, phones, token } = await openVerify()
    const { smsId, code } = await ask()
    const answers = await race(16, () => verify(smsId, code))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const answer of answers.filter(({ status }) => status !== 200)) expectProblem(answer, 410, 'sms_code_expired')
    expect((await phones(token)).body.phones).toHaveLength(1)
  })

  it('repeats the answer for the same nonce, also when the code has long expired', async () => {
    const { ask, verify, pass, logIn } = await openVerify()
    const { smsId, code } = await ask()
    const nonce = newNonce()
    const answers = await race(8, () => verify(smsId, code, { nonce }))
    expect(answers.map(({ body }) => body.change)).toEqual(Array.from({ length: 8 }, () => 'bound'))
    pass(60 * 60_000)
    const { token } = await logIn()
    expect((await verify(smsId, code, { nonce, token })).text).toBe(answers[0]?.text)
    expectProblem(await verify(smsId, code, { token }), 410, 'sms_code_expired')
  })

  it('says how many wrong attempts are left, and refuses the right code after the last', async () => {
    const { ask, verify, me, token } = await openVerify()
    const { smsId, code } = await ask()
    for (const left of [4, 3, 2, 1, 0]) {
      const answer = await verify(smsId, wrong(code, left + 1))
      expectProblem(answer, 400, 'sms_code_wrong')
      expect(answer.body.attemptsLeft).toBe(left)
      expect(answer.text).not.toContain(code)
    }
    expectProblem(await verify(smsId, code), 410, 'sms_code_expired')
    expect((await me(token)).body.user.phone).toBeNull()
  })

  it('compares exactly five wrong codes of any number that come at once', async () => {
    const { ask, verify } = await openVerify()
    const { smsId, code } = await ask()
    const answers = await race(24, index => verify(smsId, wrong(code, index + 1)))
    expect(answers.filter(({ body }) => body.code === 'sms_code_wrong')).toHaveLength(5)
    expect(answers.filter(({ body }) => body.code === 'sms_code_expired')).toHaveLength(19)
  })

  it('counts a repeated attempt once, and another code with the same nonce anew', async () => {
    const { ask, verify } = await openVerify()
    const { smsId, code } = await ask()
    const nonce = newNonce()
    for (let repeat = 0; repeat < 3; repeat += 1)
      expect((await verify(smsId, wrong(code), { nonce })).body.attemptsLeft).toBe(4)
    expect((await verify(smsId, wrong(code, 2), { nonce })).body.attemptsLeft).toBe(3)
    expect((await verify(smsId, code, { nonce })).status).toBe(200)
  })

  it('ends after five minutes', async () => {
    const { ask, verify, pass } = await openVerify()
    const { smsId, code } = await ask()
    pass(5 * 60_000)
    expectProblem(await verify(smsId, code), 410, 'sms_code_expired')
  })

  it('belongs to the user and the app that asked: nobody else can use it or spend its attempts', async () => {
    const { ask, verify, logIn } = await openVerify()
    const { smsId, code } = await ask()
    const stranger = await logIn('stranger')
    const elsewhere = await logIn('openid-of-xiaoming', { appId: otherAppId })
    for (const { token } of [stranger, elsewhere])
      for (let attempt = 0; attempt < 6; attempt += 1)
        expectProblem(await verify(smsId, wrong(code, attempt), { token }), 410, 'sms_code_expired')
    expect((await verify(smsId, code)).status).toBe(200)
  })

  it('binds nothing once the consent was withdrawn or SMS was switched off, however right the code', async () => {
    const sms = createFakeSms()
    const auth = openServer({ sms: sms.provider, policy: { sms: 'on', consentVersion: 'v1' } })
    const { token } = await auth.logIn()
    const give = () => auth.post(routes.consents, { scope: 'phone', version: 'v1', nonce: newNonce() }, token)
    await give()
    const { body } = await auth.post<SmsAnswer>(routes.sms, { number, nonce: newNonce() }, token)
    const right = { smsId: body.smsId, code: sms.code(), nonce: newNonce() }
    const off = openServer({ beside: auth })
    expectProblem(await off.post(routes.smsVerify, right, token), 403, 'sms_off')
    const path = routes.consent.replace('{scope}', 'phone')
    await auth.send(path, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } })
    expectProblem(await auth.post(routes.smsVerify, right, token), 403, 'consent_required')
    await give()
    expectProblem(await auth.post(routes.smsVerify, right, token), 410, 'sms_code_expired')
    expect((await auth.me(token)).body.user.phone).toBeNull()
  })

  it('keeps the number of another user where the app says so, and tells only who proved that it is theirs', async () => {
    const { ask, verify, logIn, phone, wechat } = await openVerify({ phoneConflict: 'reject' })
    const owner = await logIn('owner')
    await phone({ code: wechat.phoneCode(owner.person, number), nonce: newNonce() }, owner.token)
    const { smsId, code } = await ask()
    expectProblem(await verify(smsId, wrong(code)), 400, 'sms_code_wrong')
    const nonce = newNonce()
    expectProblem(await verify(smsId, code, { nonce }), 409, 'phone_taken')
    expectProblem(await verify(smsId, code, { nonce }), 409, 'phone_taken')
  })

  it('says which field is wrong, and never its value', async () => {
    const { ask, post, token } = await openVerify()
    const { smsId } = await ask()
    const answer = await post<Problem>(routes.smsVerify, { smsId, code: '12345a', nonce: newNonce() }, token)
    expectProblem(answer, 400, 'request_invalid')
    expect(answer.body).toMatchObject({ field: 'code', detail: '"code" must be 6 digits' })
  })

  it('keeps neither the code nor the number in the store in plain', async () => {
    const { ask, store } = await openVerify()
    const { smsId, code } = await ask()
    const row = await store.findSms(smsId)
    const bytes = Buffer.from(row?.sealedNumber ?? [])
    expect(bytes.length).toBeGreaterThan(0)
    expect(bytes.includes(number) || bytes.includes(code)).toBe(false)
  })
})
