import { expect, test } from 'vitest'
import { createPhoneButton } from '../bindings/phone-button.ts'
import { settle } from '../testing/fake-clock.ts'
import { createFakePhone } from '../testing/fake-phone.ts'
import { appId, baseUrl, launch } from '../testing/launch.ts'
import { type FunnelOptions, reportFunnel } from './report-funnel.ts'

async function open(options: Partial<FunnelOptions> = {}) {
  const phone = createFakePhone()
  let hide = () => {}
  const shared = {
    onAppHide(run: () => void) {
      hide = run
    },
  }
  const platform = { ...phone.platform, shared }
  const auth = reportFunnel(await launch(phone, { platform }), { baseUrl, appId, ...options })
  const reports = () => phone.sent.filter(({ url }) => url === `${baseUrl}/v1/steps`)
  const counts = () => reports().map(({ body }) => (body as { steps: object }).steps)
  return { phone, auth, button: createPhoneButton(auth), reports, counts, hide: () => hide() }
}

const failing = (errMsg: string, errno?: number) => ({ detail: { errMsg, ...(errno && { errno }) } })

test('a first tap from shown to bound is one request, without a token, an id or a number', async () => {
  const { phone, button, reports } = await open()
  button.subscribe(() => {})
  await button.phoneTapped()
  await button.onGetPhoneNumber(phone.agreed())
  expect(reports()).toEqual([])
  await phone.clock.advance(5000)
  const steps = { shown: 1, tapped: 1, firstTapped: 1, agreed: 1, bound: 1, firstBound: 1 }
  expect(reports()).toEqual([
    { url: `${baseUrl}/v1/steps`, method: 'POST', headers: {}, body: { appId, steps }, timeoutMs: 8000 },
  ])
  await phone.clock.advance(60_000)
  expect(reports()).toHaveLength(1)
})

test('nothing is reported of a client that was not asked to', async () => {
  const phone = createFakePhone()
  const button = createPhoneButton(await launch(phone))
  button.subscribe(() => {})
  await button.phoneTapped()
  await button.onGetPhoneNumber(phone.agreed())
  await phone.clock.advance(60_000)
  expect(phone.sent.filter(({ url }) => url.endsWith('/v1/steps'))).toEqual([])
})

test.each([
  ['declined', failing('getPhoneNumber:fail user deny')],
  ['declined', failing('getPhoneNumber:fail user cancel')],
  ['notPermitted', failing('getPhoneNumber:fail no permission')],
  ['quota', failing('getPhoneNumber:fail', 1400001)],
  ['privacy', failing('getPhoneNumber:fail privacy permission is not authorized', 104)],
  ['other', failing('getPhoneNumber:fail for a new reason')],
  ['other', failing('getPhoneNumber:ok')],
  ['other', undefined],
])('counts as %s: %o', async (step, event) => {
  const { phone, auth, counts } = await open()
  auth.phoneTapped()
  await auth.bindPhone(event)
  await phone.clock.advance(5000)
  expect(counts()).toEqual([{ tapped: 1, firstTapped: 1, [step]: 1 }])
})

test('a second tap that succeeds is none of the first', async () => {
  const { phone, button, counts } = await open()
  await button.phoneTapped()
  await button.onGetPhoneNumber(failing('getPhoneNumber:fail user deny'))
  await phone.clock.advance(2000)
  await button.phoneTapped()
  await button.onGetPhoneNumber(phone.agreed())
  await phone.clock.advance(5000)
  expect(counts()).toEqual([{ tapped: 2, firstTapped: 1, declined: 1, agreed: 1, bound: 1 }])
})

test('a proof that is sent again until it arrives is still the first tap, and counts once', async () => {
  const { phone, button, counts } = await open()
  button.subscribe(() => {})
  await button.phoneTapped()
  phone.fates.push('lost-after', 'lost-before', 'lost-before')
  const event = phone.agreed()
  const asked = button.onGetPhoneNumber(event)
  await phone.clock.advance(120_000)
  expect(await asked).toMatchObject({ status: 'bound' })
  await button.onGetPhoneNumber(event)
  await phone.clock.advance(5000)
  const sum = counts().reduce<Record<string, number>>((sums, one) => {
    for (const [step, count] of Object.entries(one)) sums[step] = (sums[step] ?? 0) + count
    return sums
  }, {})
  expect(sum).toMatchObject({ tapped: 1, firstTapped: 1, agreed: 1, bound: 1, firstBound: 1 })
})

test('a double tap is one tap, and taps that nobody tells of are known by their events', async () => {
  const { phone, auth, counts } = await open()
  auth.phoneTapped()
  auth.phoneTapped()
  await phone.clock.advance(5000)
  expect(counts()).toEqual([{ tapped: 1, firstTapped: 1 }])
  const silent = await open()
  await silent.auth.bindPhone(silent.phone.agreed())
  await silent.phone.clock.advance(5000)
  expect(silent.counts()).toEqual([{ tapped: 1, firstTapped: 1, agreed: 1, bound: 1, firstBound: 1 }])
})

test('what was counted goes when the app is hidden, and an empty report never', async () => {
  const { phone, button, counts, hide } = await open()
  hide()
  const leave = button.subscribe(() => {})
  hide()
  expect(counts()).toEqual([{ shown: 1 }])
  await phone.clock.advance(5000)
  expect(counts()).toHaveLength(1)
  leave()
  button.subscribe(() => {})
  await phone.clock.advance(5000)
  expect(counts()).toEqual([{ shown: 1 }, { shown: 1 }])
})

test('a report that gets lost is not sent again, and nobody hears of it', async () => {
  const { phone, button, counts } = await open({ everyMs: 10, baseUrl: `${baseUrl}/` })
  button.subscribe(() => {})
  await settle()
  phone.fates.push('lost-before')
  await phone.clock.advance(60_000)
  expect(counts()).toEqual([{ shown: 1 }])
})

test('one report has at most a thousand of a step', async () => {
  const { phone, button, counts } = await open()
  for (let time = 0; time < 1001; time += 1) button.subscribe(() => {})()
  await phone.clock.advance(5000)
  expect(counts()).toEqual([{ shown: 1000 }])
})
