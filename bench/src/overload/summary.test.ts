import { expect, test } from 'vitest'
import type { Shot } from '../load/open-loop.ts'
import { recoverySeconds, summarize } from './summary.ts'

const shots = (from: number, count: number, waitMs: number, status = 200): readonly Shot[] =>
  Array.from({ length: count }, (_, index) => ({
    dueAt: from + index * 10,
    answeredAt: from + index * 10 + waitMs,
    status,
  }))

test('each phase has the requests that were due in it, and the answers that came in it', () => {
  const phases = [
    { perSecond: 100, seconds: 1 },
    { perSecond: 100, seconds: 2 },
  ]
  const all = [...shots(0, 100, 2000), ...shots(1000, 100, 5), ...shots(2000, 100, 1, 503)]
  expect(summarize(phases, all)).toMatchObject([
    { asked: 100, goodput: 0, servedP99Ms: 2000, shed: 0, failed: 0 },
    { asked: 200, goodput: 100, servedP99Ms: 5, shedP99Ms: 1, shed: 0.5, failed: 0 },
  ])
})

test('it has recovered after the last tenth of a second that was bad', () => {
  const all = [...shots(0, 100, 500), ...shots(1000, 30, 500), ...shots(1300, 20, 1, 503), ...shots(1500, 100, 5)]
  expect(recoverySeconds(all, 1000, 30)).toBe(0.5)
  expect(recoverySeconds(shots(1000, 100, 5), 1000, 30)).toBe(0)
})
