import { describe, expect, it } from 'vitest'
import { bytes, now, race, type UseStore } from './subject.ts'

export function rootKeysContract(use: UseStore): void {
  describe('root keys', () => {
    it('are new once, then the same or different', async () => {
      const store = use()
      const key = { id: '1', check: bytes('one'), now }
      expect(await store.registerKey(key)).toBe('new')
      expect(await store.registerKey({ ...key, now: now + 1 })).toBe('same')
      expect(await store.registerKey({ ...key, check: bytes('two') })).toBe('different')
      expect(await store.registerKey(key)).toBe('same')
      expect(await store.registerKey({ ...key, id: '2', check: bytes('two') })).toBe('new')
    })

    it('are all remembered by their ids', async () => {
      const store = use()
      expect(await store.rootKeyIds()).toEqual([])
      for (const id of ['1', '2']) await store.registerKey({ id, check: bytes(`key ${id}`), now })
      expect(await store.rootKeyIds()).toEqual(['1', '2'])
    })

    it('are new for one of any number of callers', async () => {
      const store = use()
      const outcomes = await race(64, index => store.registerKey({ id: '1', check: bytes(`key ${index % 2}`), now }))
      expect(outcomes.filter(outcome => outcome === 'new')).toHaveLength(1)
      expect(outcomes.filter(outcome => outcome === 'same')).toHaveLength(31)
      expect(outcomes.filter(outcome => outcome === 'different')).toHaveLength(32)
    })
  })
}
