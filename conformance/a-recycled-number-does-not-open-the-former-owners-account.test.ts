import type { EmulatedPerson } from '@weapp-auth/emulator'
import { afterEach, describe, expect, test } from 'vitest'
import { lin, openStage, type Stage } from './stage.ts'

const days = (count: number) => count * 24 * 60 * 60_000

/** Who got Lin's first number from the carrier, long after Lin gave it up. */
const ming: EmulatedPerson = { id: 'ming', name: 'Ming', phones: [{ number: '13800138000' }] }

let stage: Stage
afterEach(() => stage.close())

const idOf = async (visit: ReturnType<Stage['open']>) =>
  ((await visit.get('/v1/me')) as { user: { id: string } }).user.id

describe.each(['keep-both', 'reject', 'transfer'] as const)('with phoneConflict %s', phoneConflict => {
  test('who gets a number from the carrier gets no account with it', async () => {
    stage = await openStage({ people: [lin, ming], policy: { phoneConflict } })
    const former = stage.open(lin)
    await former.tap()
    const formerId = await idOf(former)

    // Still Lin's: carriers let a number rest for longer than this.
    stage.advance(days(30))
    const early = await stage.open(ming).tap()
    expect(early.status).toBe(phoneConflict === 'keep-both' ? 'bound' : 'taken')

    stage.advance(days(60))
    const next = stage.open(ming)
    const late = await next.tap()
    expect(late.status).toBe({ 'keep-both': 'unchanged', reject: 'taken', transfer: 'bound' }[phoneConflict])
    expect(await idOf(next)).not.toBe(formerId)
    expect(await next.get('/v1/me/phones')).toMatchObject({
      phones: late.status === 'taken' ? [] : [{ replacedAt: null }],
    })

    const back = stage.open(lin)
    expect(await idOf(back)).toBe(formerId)
    const lost = { replacedReason: 'transferred', replacedAt: '2027-02-19T04:00:00.000Z' }
    expect(await back.get('/v1/me/phones')).toMatchObject({
      phones: [{ number: '+8613800138000', ...(phoneConflict === 'transfer' ? lost : { replacedAt: null }) }],
    })
    const told = stage.events.filter(({ type }) => type === 'phone-transferred')
    expect(told).toMatchObject(
      phoneConflict === 'transfer' ? [{ userId: await idOf(next), fromUserId: formerId, masked: '138******00' }] : [],
    )
  })
})
