import { afterEach, expect, test } from 'vitest'
import { kwan, lin, minutes, openStage, type Stage } from './stage.ts'

let stage: Stage
afterEach(() => stage.close())

/** How often WeChat was asked to exchange a phone code. */
function paidCalls(): number {
  return stage.emulator.control.journal.entries().filter(({ what }) => what.includes('getuserphonenumber')).length
}

test('when the budget of the day is spent, WeChat is not asked and the operator is told', async () => {
  stage = await openStage({ policy: { phoneBudget: 1 } })
  expect(await stage.open(lin).tap()).toMatchObject({ status: 'bound' })
  expect(await stage.open(kwan).tap()).toMatchObject({ status: 'unavailable' })
  expect(paidCalls()).toBe(1)
  const alarms = stage.events.filter(({ type }) => type === 'budget-alarm')
  expect(alarms).toMatchObject([{ budget: 'phone', used: 1, limit: 1, percent: 100 }])
})

test('the same tap succeeds with its ciphertext, which costs nothing', async () => {
  stage = await openStage({ policy: { phoneBudget: 0, openData: 'enforce' } })
  expect(await stage.open(lin).tap()).toMatchObject({ status: 'bound', phone: { source: 'open-data' } })
  expect(paidCalls()).toBe(0)
})

test('the next day in Beijing brings a new budget', async () => {
  stage = await openStage({ policy: { phoneBudget: 1 } })
  await stage.open(lin).tap()
  stage.advance(minutes(12 * 60))
  expect(await stage.open(kwan).tap()).toMatchObject({ status: 'bound' })
})
