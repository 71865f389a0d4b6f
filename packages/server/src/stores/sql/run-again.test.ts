import { expect, it } from 'vitest'
import { createRunAgain } from './run-again.ts'
import { Raced } from './statements.ts'

function failing(...errors: unknown[]) {
  let runs = 0
  const transaction = async () => {
    runs += 1
    if (errors.length > 0) throw errors.shift()
    return runs
  }
  return { transaction, runs: () => runs }
}

const waits: number[] = []
const runAgain = createRunAgain({
  mayRepeat: error => error instanceof RangeError,
  random: () => 0.5,
  wait: async milliseconds => void waits.push(milliseconds),
})

it('runs what was raced, or undone by the database, until it is through', async () => {
  waits.length = 0
  expect(await runAgain(failing(new Raced(), new RangeError(), new Raced()).transaction)).toBe(4)
  expect(waits).toEqual([2, 4, 8])
})

it('throws anything else at once', async () => {
  const { transaction, runs } = failing(new TypeError('wrong'))
  await expect(runAgain(transaction)).rejects.toThrow('wrong')
  expect(runs()).toBe(1)
})

it('gives up after ten times, and says what was in the way', async () => {
  waits.length = 0
  const { transaction, runs } = failing(...Array.from({ length: 11 }, (_, index) => new RangeError(String(index))))
  await expect(runAgain(transaction)).rejects.toThrow('9')
  expect(runs()).toBe(10)
  expect(Math.max(...waits)).toBe(128)
})

it('runs once more what was cut off before anything was kept, and no more than once', async () => {
  const cut = (name: string) => Object.assign(new Error(name), { cut: true })
  const again = createRunAgain({
    mayRepeat: () => false,
    isCutOff: error => error instanceof Error && 'cut' in error,
    wait: async () => undefined,
  })
  expect(await again(failing(cut('first')).transaction)).toBe(2)
  await expect(again(failing(cut('first'), cut('second'), cut('third')).transaction)).rejects.toThrow('second')
})
