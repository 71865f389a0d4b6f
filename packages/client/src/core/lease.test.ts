import { expect, test } from 'vitest'
import { createFakePhone } from '../testing/fake-phone.ts'
import { createLease } from './lease.ts'

function createWaiting(limitMs?: number) {
  const { platform, clock } = createFakePhone()
  const lease = createLease(platform)
  lease.take(limitMs)
  let over = false
  lease.over().then(() => {
    over = true
  })
  return { lease, clock, over: () => over }
}

test('ends for all who wait when it is released', async () => {
  const { lease, clock, over } = createWaiting()
  await clock.advance(3_600_000)
  expect([over(), lease.held()]).toEqual([false, true])
  lease.release()
  await clock.advance(0)
  expect([over(), lease.held(), clock.waiting()]).toEqual([true, false, 0])
})

test('runs out after its limit, within one tick', async () => {
  const { lease, clock, over } = createWaiting(60_000)
  await clock.advance(59_999)
  expect([over(), lease.held()]).toEqual([false, true])
  await clock.advance(5000)
  expect([over(), lease.held(), clock.waiting()]).toEqual([true, false, 0])
})

test('a clock that was set back ends a limited lease instead of prolonging it for hours', async () => {
  const { lease, clock, over } = createWaiting(60_000)
  clock.shift(-3_600_000)
  expect(lease.held()).toBe(false)
  await clock.advance(5000)
  expect(over()).toBe(true)
})

test('taking it anew prolongs it', async () => {
  const { lease, clock, over } = createWaiting(60_000)
  await clock.advance(50_000)
  lease.take(60_000)
  await clock.advance(50_000)
  expect([over(), lease.held()]).toEqual([false, true])
})
