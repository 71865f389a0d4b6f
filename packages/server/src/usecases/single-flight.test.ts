import { describe, expect, it } from 'vitest'
import { createSingleFlight } from './single-flight.ts'
import { createTurns } from './turns.ts'

const late = () => new Error('late')

function gate() {
  let open: (value: string) => void = () => {}
  let fail: (error: Error) => void = () => {}
  const passed = new Promise<string>((resolve, reject) => {
    open = resolve
    fail = reject
  })
  return { passed, open, fail }
}

describe('a single flight', () => {
  it('is shared by one attempt, in success and in failure', async () => {
    const fly = createSingleFlight<string>()
    const { passed, fail } = gate()
    let starts = 0
    const start = () => {
      starts += 1
      return passed
    }
    const both = [fly({ key: 'k', attempt: 'a', start, late }), fly({ key: 'k', attempt: 'a', start, late })]
    fail(new Error('down'))
    for (const one of both) await expect(one).rejects.toThrow('down')
    expect(starts).toBe(1)
    await expect(fly({ key: 'k', attempt: 'a', start: async () => 'again', late })).resolves.toBe('again')
  })

  it('that succeeded makes another attempt late', async () => {
    const fly = createSingleFlight<string>()
    const { passed, open } = gate()
    const first = fly({ key: 'k', attempt: 'a', start: () => passed, late })
    const second = fly({ key: 'k', attempt: 'b', start: async () => 'b', late })
    open('a')
    await expect(first).resolves.toBe('a')
    await expect(second).rejects.toThrow('late')
  })

  it('that failed lets other attempts go, one at a time', async () => {
    const fly = createSingleFlight<string>()
    const { passed, fail } = gate()
    const first = fly({ key: 'k', attempt: 'a', start: () => passed, late })
    const others = ['b', 'c'].map(attempt => fly({ key: 'k', attempt, start: async () => attempt, late }))
    fail(new Error('down'))
    await expect(first).rejects.toThrow('down')
    const settled = await Promise.allSettled(others)
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  })

  it('of one key does not hold up another', async () => {
    const fly = createSingleFlight<string>()
    void fly({ key: 'k', attempt: 'a', start: () => gate().passed, late })
    await expect(fly({ key: 'other', attempt: 'a', start: async () => 'done', late })).resolves.toBe('done')
  })
})

describe('turns', () => {
  it('are taken one after the other, also after a failure', async () => {
    const inTurn = createTurns()
    const log: string[] = []
    const step = (name: string, fails = false) =>
      inTurn('k', async () => {
        log.push(`${name} begins`)
        await new Promise(setImmediate)
        log.push(`${name} ends`)
        if (fails) throw new Error(name)
      })
    await Promise.allSettled([step('a', true), step('b'), step('c')])
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  })
})
