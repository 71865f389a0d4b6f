import { describe, expect, it } from 'vitest'
import { createManualTimer, type ManualTimer } from '../../test/manual-timer.ts'
import { createRefuseEvenly } from './refuse-evenly.ts'

/** A sixteenth of a millisecond, so that sums are exact. */
const turnMs = 1 / 16

function open({ byte = 0, timer = createManualTimer(1000.25) } = {}) {
  const loop = {
    afterTurn(run: () => void) {
      timer.pass(turnMs)
      setImmediate(run)
    },
  }
  const random = { bytes: (length: number) => new Uint8Array(length).fill(byte) }
  return { timer, refuseEvenly: createRefuseEvenly({ timer, loop, random }) }
}

/** When the refusal came of work that took so long. */
async function refusedAt(tookMs: number, options: { byte?: number; timer?: ManualTimer } = {}): Promise<number> {
  const { timer, refuseEvenly } = open(options)
  const startedAt = timer.now()
  const work = refuseEvenly(async () => {
    timer.pass(tookMs)
    throw new Error('refused')
  })
  const over = work(undefined).catch(() => timer.now() - startedAt)
  await timer.runOut(over)
  return over
}

describe('refuseEvenly', () => {
  it('answers work of any length below a step at the same time', async () => {
    const lengths = [0, turnMs, 2 * turnMs, 1, 3.75, 4.9375]
    expect(await Promise.all(lengths.map(length => refusedAt(length)))).toEqual(lengths.map(() => 5))
  })

  it('is late by less than a turn of the loop, however odd the work', async () => {
    for (const length of [0.0049, 0.0171, 0.3, 1.99, 4.999]) {
      const at = await refusedAt(length)
      expect(at).toBeGreaterThanOrEqual(5)
      expect(at).toBeLessThan(5 + turnMs)
    }
  })

  it('answers longer work at a whole step', async () => {
    expect(await Promise.all([5, 7.5, 9.9375, 10, 123.5].map(length => refusedAt(length)))).toEqual([
      10, 10, 10, 15, 125,
    ])
  })

  it('adds 0 to 3 milliseconds, each as often', async () => {
    const bytes = Array.from({ length: 256 }, (_, byte) => byte)
    const times = await Promise.all(bytes.map(byte => refusedAt(0.25, { byte })))
    const count = (time: number) => times.filter(at => at === time).length
    expect([5, 6, 7, 8].map(count)).toEqual([64, 64, 64, 64])
  })

  it('waits on when its timer rings early', async () => {
    const timer = createManualTimer(0)
    const early = { ...timer, after: (ms: number, run: () => void) => timer.after(ms - 0.5, run) }
    expect(await refusedAt(0, { timer: early })).toBe(5)
  })

  it('does not wait with what succeeds, and passes the input and the error on', async () => {
    const { timer, refuseEvenly } = open()
    const before = timer.now()
    expect(await refuseEvenly(async (input: string) => `${input}!`)('done')).toBe('done!')
    expect(timer.now()).toBe(before)
    const error = new Error('refused')
    const refused = refuseEvenly(() => Promise.reject(error))(undefined).catch((caught: unknown) => caught)
    await timer.runOut(refused)
    expect(await refused).toBe(error)
  })
})
