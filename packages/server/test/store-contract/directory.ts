import { describe, expect, it } from 'vitest'
import { bytes, newId, now, phoneOf, registered, type UseStore } from './subject.ts'

export function directoryContract(use: UseStore): void {
  describe('the directory', () => {
    it('lists users the newest first, page by page', async () => {
      const store = use()
      const ids: string[] = []
      for (let index = 0; index < 5; index += 1) ids.unshift((await registered(store)).user.id)
      const first = await store.listUsers(null, 3)
      expect(first.map(({ id }) => id)).toEqual(ids.slice(0, 3))
      expect(first[0]).toEqual({ id: ids[0], createdAt: now, goneAt: null, mergedInto: null })
      const second = await store.listUsers(first.at(-1)?.id ?? null, 3)
      expect(second.map(({ id }) => id)).toEqual(ids.slice(3))
      expect(await store.listUsers(ids.at(-1) ?? null, 3)).toEqual([])
    })

    it('knows who was erased, and into whom somebody was merged', async () => {
      const store = use()
      const [erased, merged, survivor] = [await registered(store), await registered(store), await registered(store)]
      await store.eraseUser({ now: now + 1, userId: erased.user.id, attempt: bytes('erase') })
      const audit = {
        at: now,
        actor: 'operator',
        act: 'users-merged',
        appId: null,
        subject: null,
        details: {},
      } as const
      const merge = { now: now + 2, mergeId: newId(), survivorId: survivor.user.id, mergedId: merged.user.id }
      const more = { attempt: bytes('merge'), undoUntil: now + 9, sessions: null, phones: [], nickname: null, audit }
      await store.mergeUsers({ ...merge, ...more })
      const base = { createdAt: now, goneAt: null, mergedInto: null }
      const gone = { ...base, id: erased.user.id, goneAt: now + 1 }
      expect(await store.listUsers(null, 9)).toEqual([
        { ...base, id: survivor.user.id },
        { ...base, id: merged.user.id, goneAt: now + 2, mergedInto: survivor.user.id },
        gone,
      ])
      expect(await store.findDirectoryUser(erased.user.id)).toEqual(gone)
      expect(await store.findDirectoryUser(newId())).toBeNull()
      await store.undoMerge({ now: now + 3, mergeId: merge.mergeId, survivorId: survivor.user.id, audit })
      expect(await store.findDirectoryUser(merged.user.id)).toEqual({ ...base, id: merged.user.id })
    })

    it('finds who has a number now, by any of its indexes, each once', async () => {
      const store = use()
      const [first, second, former] = [await registered(store), await registered(store), await registered(store)]
      await store.recordPhone(phoneOf(first.user.id, 'in one app'))
      await store.recordPhone(phoneOf(second.user.id, 'in another app'))
      await store.recordPhone(phoneOf(former.user.id, 'in one app'))
      await store.recordPhone(phoneOf(former.user.id, 'the next one'))
      const indexes = [bytes('in one app'), bytes('in another app'), bytes('in one app')]
      expect(await store.usersWithPhone(indexes, 9)).toEqual([first.user.id, second.user.id].sort())
      expect(await store.usersWithPhone(indexes, 1)).toHaveLength(1)
      expect(await store.usersWithPhone([bytes('nobody has it')], 9)).toEqual([])
      expect(await store.usersWithPhone([], 9)).toEqual([])
    })
  })
}
