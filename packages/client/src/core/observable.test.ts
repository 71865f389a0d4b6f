import { expect, test } from 'vitest'
import { createObservable } from './observable.ts'

const none = () => {}

test('a change that changes nothing is not told', () => {
  const seen: unknown[] = []
  const value = createObservable({ a: 1, b: 2 }, none)
  value.subscribe(next => seen.push(next))
  value.set({ a: 1 })
  value.set({ a: 3 })
  expect(seen).toEqual([{ a: 3, b: 2 }])
})

test('a watcher that leaves while being told does not cut off the others', () => {
  const seen: string[] = []
  const value = createObservable({ a: 1 }, none)
  const leave = value.subscribe(() => {
    seen.push('first')
    leave()
  })
  value.subscribe(() => seen.push('second'))
  value.set({ a: 2 })
  value.set({ a: 3 })
  expect(seen).toEqual(['first', 'second', 'second'])
})

test('what a watcher throws is reported, and the others still hear', () => {
  const complaints: unknown[] = []
  const seen: number[] = []
  const value = createObservable({ a: 1 }, error => complaints.push(error))
  value.subscribe(() => {
    throw new Error('mistake')
  })
  value.subscribe(({ a }) => seen.push(a))
  value.set({ a: 2 })
  expect([complaints.length, seen]).toEqual([1, [2]])
})
