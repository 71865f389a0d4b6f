import { describe, expect, test } from 'vitest'
import { createWorld, LIN, TEA } from '../../test/world.ts'
import { macrotaskPromise, promiseModeOf } from './macrotask-promise.ts'

const Macro = macrotaskPromise(run => void setTimeout(run))

describe('a Promise made with setTimeout', () => {
  test('lets timers that are due run first, and keeps its kind along the chain', async () => {
    const order: string[] = []
    await new Promise<void>(done => {
      setTimeout(() => order.push('timer'))
      const chained = Macro.resolve(1)
        .then(value => {
          order.push(`then ${value}`)
          return Macro.reject(new Error('no'))
        })
        .catch((error: Error) => order.push(error.message))
        .finally(() => done())
      expect(chained).toBeInstanceOf(Macro)
      Promise.resolve().then(() => order.push('microtask'))
    })
    expect(order).toEqual(['microtask', 'timer', 'then 1', 'no'])
  })

  test('passes what is thrown, what is adopted and what has no handler', async () => {
    await expect(
      Macro.resolve(1).then(() => {
        throw new Error('thrown')
      }),
    ).rejects.toThrow('thrown')
    expect(await Macro.resolve(1).then(() => Promise.resolve(2))).toBe(2)
    expect(await Macro.resolve(3).then(null)).toBe(3)
    expect(await Macro.all([Macro.resolve(1), 2])).toEqual([1, 2])
    await expect(Macro.reject(new Error('kept')).then(() => 1)).rejects.toThrow('kept')
  })
})

test('is what mini programs get on iOS 15 and older, or when it is asked for', async () => {
  expect(promiseModeOf('ios', 'iOS 15.8')).toBe('macrotask')
  expect(promiseModeOf('ios', 'iOS 9.0')).toBe('macrotask')
  expect(promiseModeOf('ios', 'iOS 16.0')).toBe('microtask')
  expect(promiseModeOf('android', 'Android 9')).toBe('microtask')
  const { phone } = createWorld()
  expect(phone().promise).toBe(Promise)
  for (const launch of [{ device: { system: 'iOS 15.8' } }, { promises: 'macrotask' }] as const) {
    const runtime = phone(LIN.id, TEA, launch)
    const order: string[] = []
    await new Promise<void>(done => {
      void runtime.wx.getNetworkType().then(() => {
        order.push('then')
        done()
      })
      Promise.resolve().then(() => runtime.timers.setTimeout(() => order.push('timer'), 0))
    })
    expect(order).toEqual(['timer', 'then'])
  }
})
