import { describe, expect, test } from 'vitest'
import { createAdmission, type Rank } from './admission.ts'

/** Turns of `ms` each, one after the other, from `at` on; tells when the last is over. */
function turns(admission: ReturnType<typeof createAdmission>, at: number, ms: number, count: number): number {
  for (let turn = 0; turn < count; turn += 1) admission.turnEnded(at + turn * ms, at + (turn + 1) * ms)
  return at + count * ms
}

/** After what wait each rank is refused, in a turn that begins at `start`. */
const patience = (admission: ReturnType<typeof createAdmission>, start: number, rank: Rank) =>
  [0, 10, 11, 20, 21, 30, 31, 40, 41, 99, 100, 1000].find(ms => {
    const reason = admission.enter(rank, start + ms, { startedAt: start, ahead: 128 })
    if (reason === null) admission.leave(rank, 0)
    return reason === 'slow'
  })

const long = { startedAt: 0, ahead: 128 }

describe('places', () => {
  test('counts take half, logins three quarters, phone numbers seven eighths, sessions all, probes as many as they like', () => {
    const admission = createAdmission(16)
    const room = (rank: Rank) => {
      let taken = 0
      while (taken < 100 && admission.enter(rank, 0, null) === null) taken += 1
      return taken
    }
    const rooms = [room('count'), room('login'), room('phone'), room('session'), room('always')]
    expect(rooms).toEqual([8, 4, 2, 2, 100])
    expect(admission.enter('session', 0, null)).toBe('full')
  })

  test('a place that is left can be taken again', () => {
    const admission = createAdmission(16)
    for (let taken = 0; taken < 16; taken += 1) admission.enter('session', 0, null)
    expect(admission.enter('session', 0, null)).toBe('full')
    admission.leave('session', 0)
    expect([admission.enter('session', 0, null), admission.underWay]).toEqual([null, 16])
  })
})

/** In the overload that slow turns of a second have become, by the first refusal. */
function overloaded() {
  const admission = createAdmission()
  const now = turns(admission, 0, 25, 40)
  expect(admission.enter('login', now + 21, { startedAt: now, ahead: 128 })).toBe('slow')
  return { admission, now }
}

describe('waiting', () => {
  test('a burst that is over within a second refuses nobody', () => {
    const admission = createAdmission()
    expect(admission.enter('login', 999, long)).toBeNull()
    admission.turnEnded(0, 999)
    expect(patience(admission, 999, 'login')).toBe(21)
  })

  test('one turn of a second is an overload before it ends', () => {
    expect(createAdmission().enter('login', 1000, long)).toBe('slow')
    expect(createAdmission().enter('always', 1000, long)).toBeNull()
  })

  test('in an overload counts are refused after 10 ms, logins after 20, phone numbers after 30, sessions after 40, probes never', () => {
    const { admission, now } = overloaded()
    const ranks = ['count', 'login', 'phone', 'session', 'always'] as const
    expect(ranks.map(rank => patience(admission, now, rank))).toEqual([11, 21, 31, 41, undefined])
  })

  test('fewer than 128 in a turn are no queue, however slow the machine', () => {
    const admission = createAdmission()
    const startedAt = turns(admission, 0, 500, 10)
    expect(admission.enter('login', startedAt + 500, { startedAt, ahead: 127 })).toBeNull()
    expect(admission.enter('login', startedAt + 500, { startedAt, ahead: 128 })).toBe('slow')
  })

  test('turns of 20 ms may go on for ever', () => {
    const admission = createAdmission()
    const now = turns(admission, 0, 20, 1000)
    expect(patience(admission, now, 'login')).toBe(1000)
  })

  test('after a short turn 100 ms of slow ones are an overload again, five seconds later a second', () => {
    const { admission, now } = overloaded()
    const soon = turns(admission, now, 5, 1)
    expect(patience(admission, soon, 'login')).toBe(100)
    const later = turns(admission, soon + 5200, 5, 1)
    expect(patience(admission, later, 'login')).toBe(1000)
  })

  test('slow turns with a rest between them are bursts', () => {
    const admission = createAdmission()
    turns(admission, 0, 50, 20)
    expect(patience(admission, 1150, 'login')).toBe(1000)
  })
})

describe('queues behind the door', () => {
  /** Requests under way, after others that took `ms`. */
  function busy(rank: Rank, ms: number, underWay: number) {
    const admission = createAdmission()
    for (let one = 0; one < 500; one += 1) {
      admission.enter(rank, 0, null)
      admission.leave(rank, ms)
    }
    for (let one = 0; one < underWay; one += 1) expect(admission.enter(rank, 0, null)).toBeNull()
    return admission
  }

  test('logins that take more than a second let no more than 128 under way', () => {
    const admission = busy('login', 1100, 128)
    expect([admission.enter('login', 0, null), admission.enter('phone', 0, null)]).toEqual(['slow', 'slow'])
    expect(admission.enter('session', 0, null)).toBeNull()
    admission.leave('login', 1100)
    expect(admission.enter('login', 0, null)).toBeNull()
  })

  test('those that take 900 ms, because WeChat does, may be as many as there are places for', () => {
    expect(busy('login', 900, 1500).enter('login', 0, null)).toBeNull()
  })

  test('what does not ask WeChat may take its time', () => {
    expect(busy('session', 5000, 1500).enter('login', 0, null)).toBeNull()
  })
})
