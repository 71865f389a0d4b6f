import { expect, test } from 'vitest'
import { LIN, TEA } from '../../test/world.ts'
import { createEmulator } from '../create-emulator.ts'

test('without a clock from outside the time runs by itself and can be moved', () => {
  const { control, close } = createEmulator({ apps: [TEA], people: [LIN] })
  const before = Date.now()
  expect(control.clock.now()).toBeGreaterThanOrEqual(before)
  expect(control.clock.advance(3_600_000)).toBeGreaterThanOrEqual(before + 3_600_000)
  expect(control.clock.now()).toBeLessThan(before + 3_700_000)
  close()
})

test('with a clock from outside the time is that clock plus what it was moved by', () => {
  let now = 1000
  const { control } = createEmulator({ apps: [TEA], people: [LIN], clock: { now: () => now } })
  now = 5000
  expect(control.clock.advance(50)).toBe(5050)
})
