import { createSms } from '@weapp-auth/client/sms'
import { createPrintingSms, type PrintedSms } from '@weapp-auth/server/sms-printing'
import { afterEach, expect, test } from 'vitest'
import { lin, minutes, openStage, type Stage } from './stage.ts'

let stage: Stage
afterEach(() => stage.close())

/** Lin starts the mini program; what would have been sent is kept. */
async function openWithSms() {
  const printed: PrintedSms[] = []
  const provider = createPrintingSms({ print: one => printed.push(one), environment: 'test' })
  stage = await openStage({ policy: { sms: 'on' }, sms: provider })
  const visit = stage.open(lin)
  return { visit, printed, sms: createSms({ auth: visit.auth }) }
}

test('who declines the sheet types the number, and a one-time code proves it as well', async () => {
  const { visit, printed, sms } = await openWithSms()
  expect(await visit.tap({ decision: 'deny' })).toMatchObject({ status: 'declined' })

  expect(await sms.send('138 0013 8000')).toMatchObject({ status: 'sent', resendAfterMs: 60_000 })
  const code = printed.at(-1)?.code ?? ''
  const wrong = code === '000000' ? '000001' : '000000'
  expect(await sms.verify(wrong)).toMatchObject({ status: 'wrong', remaining: 4 })
  expect(await sms.verify(code)).toMatchObject({ status: 'bound', phone: { number: '+8613800138000', source: 'sms' } })
  expect(await visit.get('/v1/me')).toMatchObject({ user: { phone: { number: '+8613800138000' } } })
})

test('a tap later confirms the same number, and WeChat vouches for it from then on', async () => {
  const { visit, printed, sms } = await openWithSms()
  await sms.send('13800138000')
  await sms.verify(printed.at(-1)?.code ?? '')
  stage.advance(minutes(1))
  expect(await visit.tap()).toMatchObject({ status: 'unchanged', phone: { source: 'phone-code' } })
})

test('a number by SMS takes the place of the former one, which stays in the history', async () => {
  const { visit, printed, sms } = await openWithSms()
  await visit.tap()
  await sms.send('13900139000')
  expect(await sms.verify(printed.at(-1)?.code ?? '')).toMatchObject({ status: 'replaced' })
  expect(await visit.get('/v1/me/phones')).toMatchObject({
    phones: [
      { number: '+8613900139000', source: 'sms' },
      { number: '+8613800138000', source: 'phone-code' },
    ],
  })
})

test('the code is in no answer and in no event of the server, and the number in no event', async () => {
  const { printed, sms } = await openWithSms()
  await sms.send('13800138000')
  const code = printed.at(-1)?.code ?? ''
  expect(stage.answers.join('\n')).not.toContain(`"${code}"`)
  expect(JSON.stringify(stage.events)).not.toContain(code)
  expect(JSON.stringify(stage.events)).not.toContain('13800138000')
})
