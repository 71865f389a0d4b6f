import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFakePhone } from '../testing/fake-phone.ts'
import { launch } from '../testing/launch.ts'
import type { PhoneOutcome } from './outcomes.ts'

interface Row {
  readonly api: string
  readonly errMsg: string | null
  readonly errno: number | null
  readonly class: string
}

/** What `bindPhone` says for each class of the published table; `ok` with nothing in hand is no agreement. */
const outcomes: Readonly<Record<string, PhoneOutcome['status']>> = {
  ok: 'failed',
  user_denied: 'declined',
  user_cancelled: 'cancelled',
  unknown_failure: 'failed',
  not_entitled: 'not-permitted',
  privacy_not_agreed: 'privacy-not-agreed',
  privacy_not_declared: 'privacy-not-declared',
  quota_exhausted: 'quota-exhausted',
  not_in_tap_gesture: 'not-in-tap',
  session_expired: 'session-expired',
  busy: 'busy',
}

const { rows }: { rows: readonly Row[] } = JSON.parse(
  readFileSync(new URL('../../../protocol/vectors/errmsgs.json', import.meta.url), 'utf8'),
)

async function bind(detail: object): Promise<PhoneOutcome> {
  const auth = await launch(createFakePhone())
  return auth.bindPhone({ type: 'getphonenumber', detail })
}

function expectSentences(outcome: PhoneOutcome) {
  expect(outcome).toMatchObject({
    message: { zh: expect.stringMatching(/[\u4e00-\u9fff]/), en: expect.stringMatching(/^[A-Z].*\.$/) },
    detail: expect.stringMatching(/./),
  })
}

test.each(rows)('"$errMsg" with errno $errno, which is $class of $api, is an outcome with sentences', async row => {
  const { errMsg, errno } = row
  const detail = { ...(errMsg === null ? {} : { errMsg }), ...(errno === null ? {} : { errno }) }
  const outcome = await bind(detail)
  expect(outcome.status).toBe(outcomes[row.class])
  expectSentences(outcome)
})

test.each([
  ['getPhoneNumber:fail user denied', 'declined'],
  ['getPhoneNumber:FAIL:USER DENY', 'declined'],
  ['getPhoneNumber:fail auth denied by user', 'declined'],
  ['getPhoneNumber:user deny', 'declined'],
  ['getPhoneNumber:fail:user  deny ', 'declined'],
  ['getPhoneNumber:fail user canceled', 'cancelled'],
  ['getPhoneNumber:fail:user cancel bind', 'cancelled'],
  ['operateWXData:fail jsapi has no permission, event=getPhoneNumber', 'not-permitted'],
  ['privacy permission is not authorized', 'privacy-not-agreed'],
  ['getPhoneNumber:fail privacy permission is not authorized in gap', 'privacy-not-agreed'],
  ['getPhoneNumber:fail appid privacy api banned', 'privacy-banned'],
  ['getPhoneNumber:fail request timed out', 'timeout'],
  ['getPhoneNumber:fail interrupted', 'network'],
  ['getPhoneNumber:fail 用户拒绝', 'failed'],
  ['getPhoneNumber:fail access denied', 'failed'],
  ['getPhoneNumber:fail the identity is unknown', 'failed'],
  ['getPhoneNumber:fail -12006', 'failed'],
  ['okay', 'failed'],
])('the spelling %j, which no table has, is %s by rule', async (errMsg, status) => {
  const outcome = await bind({ errMsg })
  expect(outcome.status).toBe(status)
  expectSentences(outcome)
})

test('no text that says nothing of a refusal is called one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.option(fc.integer({ min: 2000 })), async (text, errno) => {
      fc.pre(!/deny|denied|cancel/i.test(text))
      const outcome = await bind({ errMsg: `getPhoneNumber:fail ${text}`, ...(errno === null ? {} : { errno }) })
      expect(['declined', 'cancelled', 'bound']).not.toContain(outcome.status)
      expectSentences(outcome)
    }),
    { numRuns: 200 },
  )
})

test.each([undefined, null, 0, '', 'event', [], {}, { detail: null }, { detail: {} }, { detail: { errMsg: 7 } }])(
  'the event %j brings nothing, and says so to the developer',
  async event => {
    const auth = await launch(createFakePhone())
    const outcome = await auth.bindPhone(event)
    expect(outcome).toMatchObject({ status: 'failed', detail: 'bindPhone takes the event of bindgetphonenumber' })
    expectSentences(outcome)
  },
)
