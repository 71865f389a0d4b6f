import { expect, test } from 'vitest'
import { createMemory } from './memory.ts'
import { createRids, RID_LIFE_MS } from './rids.ts'

function createStore() {
  let now = 0
  const rids = createRids({ clock: { now: () => now }, memory: createMemory() })
  const add = (rid: string) =>
    rids.add({ rid, appId: null, path: '/', at: now, query: '', body: '', response: '', ip: '127.0.0.1' })
  const pass = (ms: number) => {
    now += ms
  }
  return { rids, add, pass }
}

test('forgets what is older than seven days when something new comes', () => {
  const { rids, add, pass } = createStore()
  add('old')
  pass(RID_LIFE_MS)
  add('a week later')
  expect(rids.find('old')).toBeDefined()
  pass(1)
  add('later still')
  expect(rids.find('old')).toBeUndefined()
  expect(rids.find('a week later')).toBeDefined()
})

test('keeps ten thousand at most', () => {
  const { rids, add } = createStore()
  for (let n = 0; n <= 10_000; n += 1) add(`rid ${n}`)
  expect(rids.find('rid 0')).toBeUndefined()
  expect(rids.find('rid 1')).toBeDefined()
})
