import { expect, it, onTestFinished } from 'vitest'
import { createPulse } from './pulse.ts'

/** A pulse on a clock that moves only when told. */
function open() {
  let run: (() => void) | null = null
  let alive = false
  let beats = 0
  const pulse = createPulse({
    async beat() {
      beats += 1
      if (!alive) throw new Error('silence')
    },
    tick(next) {
      run = next
      return () => {
        run = null
      }
    },
  })
  onTestFinished(() => pulse.close())
  return {
    pulse,
    beats: () => beats,
    isTicking: () => run !== null,
    revive: () => {
      alive = true
    },
    async pass(ticks: number) {
      for (let tick = 0; tick < ticks; tick += 1) {
        run?.()
        await new Promise(setImmediate)
      }
    },
  }
}

const never = () => new Promise<never>(() => undefined)
const silent = { name: 'StorageFault', code: 'failed', cause: { name: 'DatabaseSilent' } }

it('asks for a sign of life after a second without any answer, and tells all who wait when none has come after another', async () => {
  const { pulse, beats, pass } = open()
  const signals: AbortSignal[] = []
  const waiting = Array.from({ length: 3 }, () =>
    pulse.hold(signal => {
      signals.push(signal)
      return never()
    }),
  )
  const told = Promise.allSettled(waiting)
  await pass(3)
  expect(beats()).toBe(0)
  await pass(4)
  expect(beats()).toBe(1)
  expect(signals.some(signal => signal.aborted)).toBe(false)
  await pass(1)
  expect(await told).toMatchObject(waiting.map(() => ({ status: 'rejected', reason: silent })))
  expect(signals.every(signal => signal.aborted)).toBe(true)
})

it('refuses at once while the database is dead, and works again at its first sign of life', async () => {
  const { pulse, pass, revive, isTicking } = open()
  pulse.hold(never).catch(() => undefined)
  await pass(8)
  let asked = 0
  const ask = async () => {
    asked += 1
    return 7
  }
  await expect(pulse.hold(ask)).rejects.toMatchObject(silent)
  expect(asked).toBe(0)
  revive()
  await pass(2)
  expect(await pulse.hold(ask)).toBe(7)
  await pass(1)
  expect(isTicking()).toBe(false)
})

it('blames nobody while anybody gets an answer, or a refusal', async () => {
  const { pulse, beats, pass } = open()
  let isOver = false
  pulse.hold(never).catch(() => {
    isOver = true
  })
  for (let second = 0; second < 10; second += 1) {
    await pass(3)
    if (second % 2) await pulse.hold(async () => 'an answer')
    else await expect(pulse.hold(() => Promise.reject(new TypeError('no')))).rejects.toThrow('no')
  }
  expect([beats(), isOver]).toEqual([0, false])
})

it('takes one who waits for long for just that when the database gives a sign of life', async () => {
  const { pulse, pass, revive } = open()
  revive()
  let answer: (value: number) => void = () => undefined
  const slow = pulse.hold(
    () =>
      new Promise<number>(resolve => {
        answer = resolve
      }),
  )
  await pass(100)
  answer(1)
  expect(await slow).toBe(1)
})

it('does not count the silence of somebody who waits for nothing', async () => {
  const { pulse, pass, isTicking } = open()
  await pulse.hold(async () => 1)
  await pass(1)
  expect(isTicking()).toBe(false)
  const slow = pulse.hold(never)
  slow.catch(() => undefined)
  await pass(7)
  expect(await Promise.race([slow.catch(() => 'told'), Promise.resolve('waiting')])).toBe('waiting')
})
