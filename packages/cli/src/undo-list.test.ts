import { expect, test } from 'vitest'
import { createUndoList } from './undo-list.ts'

test('undoes the latest first, once', async () => {
  const undone: number[] = []
  const undo = createUndoList()
  for (const step of [1, 2, 3]) undo.add(() => undone.push(step))
  await undo.run()
  await undo.run()
  expect(undone).toEqual([3, 2, 1])
})

test('goes on after a failure and reports the first', async () => {
  const undone: number[] = []
  const undo = createUndoList()
  undo.add(() => undone.push(1))
  undo.add(() => Promise.reject(new Error('second')))
  undo.add(() => {
    throw new Error('third')
  })
  await expect(undo.run()).rejects.toThrow('third')
  expect(undone).toEqual([1])
})
