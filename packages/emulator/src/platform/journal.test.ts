import { expect, test } from 'vitest'
import { createJournal } from './journal.ts'

const note = (what: string) => ({ side: 'control', what, text: { zh: '一', en: 'one' }, ok: true }) as const

test('numbers entries from 1, keeps the last of them and tells listeners', () => {
  const journal = createJournal({ now: () => 7 }, 3)
  const heard: string[] = []
  const unsubscribe = journal.subscribe(entry => heard.push(entry.what))
  for (const what of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) journal.add(note(what))
  unsubscribe()
  journal.add(note('h'))
  expect(heard).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
  expect(journal.entries().map(entry => entry.what)).toEqual(['f', 'g', 'h'])
  expect(journal.entries(7)).toEqual([{ id: 8, at: 7, ...note('h'), facts: {} }])
})

test('after clearing, the numbers go on', () => {
  const journal = createJournal({ now: () => 7 })
  journal.add(note('a'))
  journal.clear()
  journal.add(note('b'))
  expect(journal.entries().map(entry => entry.id)).toEqual([2])
})
