import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createPhoneTimers } from './phone-timers.ts'

let ahead = 0
const now = () => Date.now() + ahead
beforeEach(() => {
  ahead = 0
  vi.useFakeTimers()
})
afterEach(() => vi.useRealTimers())

it('fires as time passes', () => {
  const run = vi.fn()
  createPhoneTimers(now).after(100, run)
  vi.advanceTimersByTime(99)
  expect(run).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(run).toHaveBeenCalledOnce()
})

it('fires at once, the oldest first, what a moved clock made due', () => {
  const timers = createPhoneTimers(now)
  const order: string[] = []
  timers.after(30 * 60_000, () => order.push('thirty minutes'))
  timers.after(5000, () => order.push('five seconds'))
  timers.after(3_600_000, () => order.push('an hour'))
  ahead = 40 * 60_000
  timers.wake()
  expect(order).toEqual(['five seconds', 'thirty minutes'])
  vi.advanceTimersByTime(20 * 60_000)
  expect(order.at(-1)).toBe('an hour')
})

it('forgets what was cancelled', () => {
  const timers = createPhoneTimers(now)
  const run = vi.fn()
  timers.after(10, run)()
  ahead = 1000
  timers.wake()
  vi.advanceTimersByTime(100)
  expect(run).not.toHaveBeenCalled()
})
