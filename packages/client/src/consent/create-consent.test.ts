import { expect, test } from 'vitest'
import { answerRoutes, granted, refused } from '../testing/answer-routes.ts'
import { settle } from '../testing/fake-clock.ts'
import { createFakePhone } from '../testing/fake-phone.ts'
import { launch } from '../testing/launch.ts'
import { createPrivacyGate } from '../testing/privacy-gate.ts'
import { type Consent, type ConsentOptions, createConsent } from './create-consent.ts'
import type { PrivacyAnswer, PrivacyHost, PrivacyListener } from './privacy-host.ts'

const hourMs = 3_600_000

async function open(options: Partial<ConsentOptions> = {}) {
  const phone = createFakePhone()
  const gate = createPrivacyGate(phone.clock)
  const auth = await launch(phone)
  const reopen = (): Consent => createConsent({ auth, host: gate.host, ...options })
  return { phone, gate, auth, reopen, consent: reopen() }
}

const listenOn = (host: PrivacyHost, listener: PrivacyListener) => host.onNeedPrivacyAuthorization?.(listener as never)

test('nothing is asked at launch; the first check tells the step and the name of the guideline', async () => {
  const { gate, consent } = await open()
  await settle()
  expect([gate.asked, consent.state()]).toEqual([0, { step: 'unknown', guidelineName: '' }])
  expect(await consent.check()).toEqual({ step: 'needed', guidelineName: '《茶馆隐私保护指引》' })
  gate.needAuthorization = false
  expect((await consent.check()).step).toBe('agreed')
})

test('a base library before 2.32.3 needs nothing', async () => {
  const { consent } = await open({ host: {} })
  expect((await consent.check()).step).toBe('unsupported')
  expect([await consent.mayAsk('privacy'), await consent.openGuideline()]).toEqual([false, false])
})

test('the calls of several pages wait for one dialog and go on with one tap', async () => {
  const { gate, consent } = await open()
  const steps: string[] = []
  consent.subscribe(({ step }) => steps.push(step))
  const calls = [gate.call(), gate.call('getUserInfo')]
  expect(gate.answers.map(({ event }) => event)).toEqual(['exposureAuthorization', 'exposureAuthorization'])
  await consent.agree('agree')
  expect(await Promise.all(calls)).toEqual(['goes on', 'goes on'])
  expect(gate.answers.slice(2)).toEqual([1, 2].map(() => ({ event: 'agree', buttonId: 'agree' })))
  expect(steps).toEqual(['asking', 'agreed'])
})

test('after a refusal all calls fail, and nobody is asked in the ten seconds in which WeChat would not ask either', async () => {
  const { phone, gate, consent } = await open({ coolDownMs: 0 })
  const calls = [gate.call(), gate.call()]
  consent.decline()
  expect(await Promise.all(calls)).toEqual(['refused', 'refused'])
  expect([await gate.call(), (await consent.check()).step, await consent.mayAsk('privacy')]).toEqual([
    'silent',
    'declined',
    false,
  ])
  phone.clock.shift(10_000)
  expect([(await consent.check()).step, await consent.mayAsk('privacy')]).toEqual(['needed', true])
})

test('who has refused is not asked again for a day, also after a restart; a tap of his own may always ask', async () => {
  const { phone, gate, consent, reopen } = await open()
  expect([await consent.mayAsk('privacy'), await consent.mayAsk('phone')]).toEqual([true, true])
  consent.decline()
  consent.declined('phone')
  await settle()
  phone.clock.shift(23 * hourMs)
  const next = reopen()
  expect([await next.mayAsk('privacy'), await next.mayAsk('phone'), await next.mayAsk('profile')]).toEqual([
    false,
    false,
    true,
  ])
  gate.call()
  expect(next.state().step).toBe('asking')
  next.decline()
  await settle()
  phone.clock.shift(24 * hourMs)
  expect([await next.mayAsk('privacy'), await next.mayAsk('phone')]).toEqual([true, true])
  phone.clock.shift(-48 * hourMs)
  expect(await next.mayAsk('phone')).toBe(true)
})

test('a listener that the app registers later is asked too; its answer counts for all who wait', async () => {
  const { gate, consent } = await open()
  let answer: (answer: PrivacyAnswer) => void = () => {}
  const referrers: string[] = []
  listenOn(gate.host, (resolve, { referrer }) => {
    answer = resolve
    referrers.push(referrer)
    resolve({ event: 'exposureAuthorization' })
  })
  const calls = [gate.call('chooseImage'), gate.call()]
  expect([referrers, consent.state().step]).toEqual([['chooseImage', 'button.chooseAvatar'], 'asking'])
  answer({ event: 'agree', buttonId: 'of-the-app' })
  expect(await Promise.all(calls)).toEqual(['goes on', 'goes on'])
  expect(consent.state().step).toBe('agreed')
  gate.needAuthorization = true
  const refused = gate.call()
  answer({ event: 'disagree' })
  expect([await refused, consent.state().step]).toEqual(['refused', 'declined'])
})

test('all copies of the SDK in one process have one consent', async () => {
  const phone = createFakePhone()
  const { host } = createPrivacyGate(phone.clock)
  const auth = await launch(phone, { platform: { ...phone.platform, shared: {} } })
  expect(createConsent({ auth, host })).toBe(createConsent({ auth, host }))
})

test('a host whose calls cannot be replaced is still listened to', async () => {
  const phone = createFakePhone()
  const gate = createPrivacyGate(phone.clock)
  const consent = createConsent({ auth: await launch(phone), host: Object.freeze(gate.host) })
  gate.call()
  expect(consent.state().step).toBe('asking')
})

test('with a combined button the agreement comes before the number and needs no dialog', async () => {
  const { phone, auth, gate, consent } = await open()
  gate.needAuthorization = false
  await consent.agree('phone')
  expect(consent.state().step).toBe('agreed')
  expect(await auth.bindPhone(phone.agreed())).toMatchObject({ status: 'bound' })
})

test('an answer that is older than what the user did is not believed; a dialog that is open stays', async () => {
  const { gate, consent } = await open()
  const checked = consent.check()
  consent.agree('agree')
  expect((await checked).step).toBe('agreed')
  gate.call()
  expect((await consent.check()).step).toBe('asking')
})

test('a host that fails or never answers leaves the step as it was', async () => {
  const { phone, auth } = await open()
  const silent = createConsent({ auth, host: { getPrivacySetting() {} } })
  const checked = silent.check()
  await phone.clock.advance(3000)
  expect((await checked).step).toBe('unknown')
  const failing = createConsent({
    auth,
    host: {
      getPrivacySetting: ({ fail }: { fail(failure: object): void }) => fail({ errMsg: 'x:fail' }),
    } as PrivacyHost,
  })
  expect([(await failing.check()).step, await failing.mayAsk('privacy')]).toEqual(['unknown', false])
})

test('a damaged or silent storage only means that a refusal is not remembered', async () => {
  const { phone, consent, reopen } = await open()
  phone.storage.set('weapp-auth/consent/1', '{')
  phone.storageFull = true
  expect(await consent.mayAsk('phone')).toBe(true)
  consent.declined('phone')
  expect([await consent.mayAsk('phone'), await reopen().mayAsk('phone')]).toEqual([false, true])
})

test('with a version the server is told what was agreed to; a lost answer is repeated with the same nonce', async () => {
  const { phone, consent } = await open({ version: '2026-11-01' })
  const record = { scope: 'privacy', version: '2026-11-01' }
  const got = answerRoutes(phone.server, '/v1/consents', () => granted({ consent: record }))
  phone.fates.push('lost-after')
  const outcome = await consent.agree('agree')
  if (outcome?.status !== 'unavailable') throw new Error(outcome?.status)
  expect(await outcome.retry()).toEqual({ status: 'recorded', consent: record })
  const [first, second] = got.map(({ body }) => body)
  expect([first, second]).toEqual([{ ...record, nonce: expect.any(String) }, first])
})

test('what the server refuses to write down is a failure with its reason', async () => {
  const { phone, consent } = await open({ version: 'no version' })
  answerRoutes(phone.server, '/v1/consents', () => refused('request_invalid'))
  expect(await consent.record('phone')).toMatchObject({
    status: 'failed',
    message: { zh: expect.any(String), en: expect.any(String) },
    detail: expect.stringContaining('request_invalid'),
  })
})

test('without a version the server is not told', async () => {
  const { phone, consent } = await open()
  expect(await consent.agree('agree')).toBeNull()
  expect(phone.sent.some(({ url }) => url.endsWith('/v1/consents'))).toBe(false)
})

test('without a host there is a clear error', async () => {
  const { auth } = await open()
  expect(() => createConsent({ auth, host: undefined as unknown as PrivacyHost })).toThrow('"host" must be given')
})
