import { describe, expect, test } from 'vitest'
import { BOOKS, createWorld, LIN, TEA } from '../../test/world.ts'
import { createBilling } from './billing.ts'
import { createMemory } from './memory.ts'

const NO_QUOTA = { errno: 1_400_001 }

describe('the bill of the phone button', () => {
  test('a success costs one trial call when it reaches the page, exchanged or not', async () => {
    const { control, phone, phoneByCode } = createWorld()
    expect(control.bill(TEA.appId)).toEqual({
      appId: TEA.appId,
      free: false,
      quick: { trialLeft: 1000, boughtLeft: 0, successes: 0, paidCalls: 0, priceYuan: 0.03, costYuan: 0 },
      realtime: { trialLeft: 1000, boughtLeft: 0, successes: 0, paidCalls: 0, priceYuan: 0.04, costYuan: 0 },
      totalYuan: 0,
    })
    const { code } = await phone().tapPhoneButton()
    expect(control.bill(TEA.appId).quick).toMatchObject({ trialLeft: 999, successes: 1 })
    await phoneByCode({ code })
    expect(control.bill(TEA.appId).quick).toMatchObject({ trialLeft: 999, successes: 1 })
    expect(control.bill(BOOKS.appId).quick).toMatchObject({ trialLeft: 1000, successes: 0 })
  })

  test('somebody who declines costs nothing', async () => {
    const { control, phone } = createWorld()
    control.decide(LIN.id, { decision: 'deny' })
    await phone().tapPhoneButton()
    expect(control.bill(TEA.appId).quick).toMatchObject({ trialLeft: 1000, successes: 0 })
  })

  test('after the trial, bought calls are paid for; without any the tap fails and no sheet opens', async () => {
    const { control, phone, noted } = createWorld()
    control.changeBilling(TEA.appId, { quick: { trialLeft: 1, boughtLeft: 2 } })
    for (let tap = 0; tap < 3; tap += 1) expect((await phone().tapPhoneButton()).errMsg).toBe('getPhoneNumber:ok')
    expect(control.bill(TEA.appId)).toMatchObject({
      quick: { trialLeft: 0, boughtLeft: 0, successes: 3, paidCalls: 2, costYuan: 0.06 },
      totalYuan: 0.06,
    })
    const detail = await phone().tapPhoneButton()
    expect(detail).toMatchObject({ errMsg: expect.stringMatching(/^getPhoneNumber:fail/), ...NO_QUOTA })
    expect(detail).not.toHaveProperty('code')
    expect(noted('phone-sheet-refused')?.text.en).toContain('used up')
  })

  test('WeChat shows a notice of its own then', async () => {
    const { control, send } = createWorld()
    control.changeBilling(TEA.appId, { quick: { trialLeft: 0 } })
    const answer = await send('/_emulator/wx/phone-sheet/open', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ appId: TEA.appId, personId: LIN.id }),
    })
    expect(await answer.json()).toMatchObject({ failure: NO_QUOTA, notice: 'no-quota' })
  })

  test('a free account pays nothing and never runs out', async () => {
    const { control, phone } = createWorld()
    control.changeBilling(TEA.appId, { free: true, quick: { trialLeft: 0 } })
    expect((await phone().tapPhoneButton()).errMsg).toBe('getPhoneNumber:ok')
    expect(control.bill(TEA.appId)).toMatchObject({ free: true, quick: { successes: 1, paidCalls: 0 }, totalYuan: 0 })
  })
})

test('of two sheets that are open at once, one last call pays for one', async () => {
  const { control, phone } = createWorld()
  control.changeBilling(TEA.appId, { quick: { trialLeft: 1 } })
  const details = await Promise.all([phone().tapPhoneButton(), phone('wang').tapPhoneButton()])
  expect(details.map(({ errno }) => errno ?? 0).sort()).toEqual([0, 1_400_001])
  expect(control.bill(TEA.appId).quick).toMatchObject({ trialLeft: 0, successes: 1 })
})

test('the components are paid for one by one, each at its price', () => {
  const billing = createBilling({ memory: createMemory() })
  billing.change('wx1', { quick: { trialLeft: 0, boughtLeft: 1 }, realtime: { trialLeft: 0, boughtLeft: Infinity } })
  expect([billing.charge('wx1', 'quick'), billing.charge('wx1', 'quick')]).toEqual([true, false])
  for (let call = 0; call < 3; call += 1) expect(billing.charge('wx1', 'realtime')).toBe(true)
  expect(billing.bill('wx1')).toMatchObject({
    quick: { costYuan: 0.03 },
    realtime: { paidCalls: 3, costYuan: 0.12, boughtLeft: Infinity },
    totalYuan: 0.15,
  })
})
