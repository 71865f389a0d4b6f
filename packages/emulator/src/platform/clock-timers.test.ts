import { expect, test, vi } from 'vitest'
import { createClockTimers } from './clock-timers.ts'
import { createMovableClock } from './movable-clock.ts'

test('timers fire when the clock was moved past them, the earliest first', () => {
  const clock = createMovableClock({ now: () => 0 })
  const timers = createClockTimers(clock)
  const fired: string[] = []
  timers.after(200, () => fired.push('late'))
  timers.after(100, () => fired.push('early'))
  const cancel = timers.after(100, () => fired.push('cancelled'))
  cancel()
  clock.advance(99)
  timers.wake()
  expect(fired).toEqual([])
  clock.advance(200)
  timers.wake()
  timers.wake()
  expect(fired).toEqual(['early', 'late'])
})

test('on a clock that stands still, what is due at once still runs, in a task of its own', async () => {
  const timers = createClockTimers(createMovableClock({ now: () => 0 }))
  let ran = false
  const done = new Promise<void>(resolve =>
    timers.after(0, () => {
      ran = true
      resolve()
    }),
  )
  expect(ran).toBe(false)
  await done
  expect(ran).toBe(true)
})

test('on a running clock they fire by themselves, also when it was moved on the way', () => {
  vi.useFakeTimers()
  const clock = createMovableClock()
  const timers = createClockTimers(clock)
  const fired = vi.fn()
  timers.after(1000, fired)
  timers.after(2000, fired)
  vi.advanceTimersByTime(1000)
  expect(fired).toHaveBeenCalledTimes(1)
  clock.advance(1000)
  timers.wake()
  expect(fired).toHaveBeenCalledTimes(2)
  timers.close()
  timers.after(0, fired)
  vi.runAllTimers()
  expect(fired).toHaveBeenCalledTimes(2)
  vi.useRealTimers()
})
