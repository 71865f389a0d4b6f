import { type Consent, createConsent } from '@weapp-auth/client/consent'
import { afterEach, expect, test } from 'vitest'
import { app, lin, openStage, type Stage } from './stage.ts'

let stage: Stage
afterEach(() => stage.close())

const notAgreed = 'privacy permission is not authorized'

async function open() {
  stage = await openStage()
  // The app has a guideline that the person has not seen yet.
  stage.emulator.control.apps.put({ ...app, privacy: {} })
  const { auth, phone } = stage.open(lin)
  await auth.ready()
  return { auth, phone, consent: createConsent({ auth, host: phone.wx }) }
}

function asked(consent: Consent): Promise<void> {
  return new Promise(resolve => {
    const leave = consent.subscribe(({ step }) => {
      if (step !== 'asking') return
      leave()
      resolve()
    })
  })
}

test('two calls wait, one tap on the agree button lets both go on, and the number is bound', async () => {
  const { auth, phone, consent } = await open()
  expect((await consent.check()).step).toBe('needed')
  const dialog = asked(consent)
  const number = phone.tapPhoneButton()
  const required = phone.wx.requirePrivacyAuthorize()
  await dialog
  await phone.tap('agreePrivacyAuthorization', { id: 'agree' })
  await consent.agree('agree')
  await required
  expect(await auth.bindPhone({ detail: await number })).toMatchObject({ status: 'bound' })
  expect((await consent.check()).step).toBe('agreed')
})

test('a refusal fails the tap, is not repeated in the silence after it, and a later tap asks again', async () => {
  const { auth, phone, consent } = await open()
  const dialog = asked(consent)
  const number = phone.tapPhoneButton()
  await dialog
  consent.decline()
  expect(await auth.bindPhone({ detail: await number })).toMatchObject({ status: 'privacy-not-agreed' })
  expect((await phone.tapPhoneButton()).errMsg).toBe(`getPhoneNumber:fail ${notAgreed} in gap`)
  expect([consent.state().step, await consent.mayAsk('privacy')]).toEqual(['declined', false])
  stage.advance(10_000)
  const again = asked(consent)
  void phone.tapPhoneButton()
  await again
})

test('a button that does both brings the agreement before the number, and no dialog opens', async () => {
  const { auth, phone, consent } = await open()
  const steps: string[] = []
  consent.subscribe(({ step }) => steps.push(step))
  const events = await phone.tap('getPhoneNumber|agreePrivacyAuthorization', { id: 'both' }, ({ type }) => {
    if (type === 'agreeprivacyauthorization') consent.agree('both')
  })
  expect(await auth.bindPhone(events.at(-1))).toMatchObject({ status: 'bound' })
  expect(steps).toEqual(['agreed'])
})
