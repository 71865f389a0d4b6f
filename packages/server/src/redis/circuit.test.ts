import { expect, test } from 'vitest'
import type { Timer } from '../ports/timer.ts'
import { createCircuit, type RedisEvent } from './circuit.ts'

/** A circuit on a timer that moves only when told. */
function open(lastError?: unknown) {
  let now = 0
  const waiting = new Set<{ readonly at: number; readonly run: () => void }>()
  const timer: Timer = {
    now: () => now,
    after(ms, run) {
      const alarm = { at: now + ms, run }
      waiting.add(alarm)
      return () => waiting.delete(alarm)
    },
  }
  const events: RedisEvent[] = []
  const tell = (event: RedisEvent) => events.push(event)
  const circuit = createCircuit({ timeoutMs: 50, restMs: 1000, timer, tell, lastError: () => lastError })
  return {
    circuit,
    events,
    waiting,
    pass(ms: number) {
      now += ms
      for (const alarm of [...waiting]) if (alarm.at <= now) alarm.run()
    },
  }
}

const never = () => new Promise<never>(() => undefined)
const refused = () => Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }))

test('an answer in time is handed on, and leaves no timer behind', async () => {
  const { circuit, events, waiting } = open()
  expect(await circuit(async () => 7)).toEqual({ value: 7 })
  expect(waiting.size).toBe(0)
  expect(events).toEqual([])
})

test('a thousand questions that hang wait 50 ms, and are told of once', async () => {
  const { circuit, events, pass } = open()
  const answers = Array.from({ length: 1000 }, () => circuit(never))
  pass(50)
  expect(new Set(await Promise.all(answers))).toEqual(new Set([null]))
  expect(events).toEqual([{ type: 'redis-away', reason: 'timeout' }])
})

test('after a failure nobody asks for a second, then one asks while the others still go on without', async () => {
  const { circuit, events, pass } = open()
  let asked = 0
  const ask = () => {
    asked += 1
    return refused()
  }
  await circuit(ask)
  pass(999)
  expect(await circuit(ask)).toBe(null)
  expect(asked).toBe(1)
  pass(1)
  const probe = circuit(never)
  expect(await circuit(ask)).toBe(null)
  expect(asked).toBe(1)
  pass(50)
  expect(await probe).toBe(null)
  expect(events).toEqual([{ type: 'redis-away', reason: 'ECONNREFUSED' }])
})

test('it is back when the one that asks gets an answer, and the others ask again', async () => {
  const { circuit, events, pass } = open()
  await circuit(refused)
  pass(1000)
  expect(await circuit(async () => 'here')).toEqual({ value: 'here' })
  expect(await circuit(async () => 'here')).toEqual({ value: 'here' })
  expect(events).toEqual([
    { type: 'redis-away', reason: 'ECONNREFUSED' },
    { type: 'redis-back', awayMs: 1000 },
  ])
})

test('an answer to a question from before says nothing of now', async () => {
  const { circuit, events } = open()
  let answer: (value: string) => void = () => undefined
  const early = circuit(
    () =>
      new Promise<string>(resolve => {
        answer = resolve
      }),
  )
  await circuit(refused)
  answer('late')
  expect(await early).toEqual({ value: 'late' })
  expect(await circuit(async () => 'not asked')).toBe(null)
  expect(events).toHaveLength(1)
})

test('what an error says is never repeated, but for its code or its first word', async () => {
  const reasonOf = async (error: unknown, lastError?: unknown) => {
    const { circuit, events } = open(lastError)
    await circuit(() => Promise.reject(error))
    return events[0]
  }
  expect(await reasonOf(new Error('NOAUTH Authentication required.'))).toMatchObject({ reason: 'NOAUTH' })
  expect(await reasonOf(new Error('wrong value secret'))).toMatchObject({ reason: 'failed' })
  const broken = new Error('Connection is closed.')
  expect(await reasonOf(broken, new Error('WRONGPASS invalid'))).toMatchObject({ reason: 'WRONGPASS' })
  expect(await reasonOf(undefined)).toMatchObject({ reason: 'failed' })
})
