import { describe, expect, it } from 'vitest'
import {
  appId,
  bytes,
  loginOf,
  minute,
  newId,
  now,
  otherAppId,
  phoneOf,
  race,
  registered,
  type Subject,
  type UseStore,
} from './subject.ts'

/** A sealed record as the store sees it: its third and fourth byte name the key. */
function sealedBy(keyId: number, text: string): Uint8Array {
  return Buffer.concat([Buffer.from([1, 1, keyId >>> 8, keyId & 0xff]), bytes(text)])
}

function indexBy(keyId: number, number: string): Uint8Array {
  return Buffer.concat([Buffer.from([keyId >>> 8, keyId & 0xff]), bytes(number)])
}

async function userWith(store: Subject, keyId: number, ...indexes: readonly Uint8Array[]) {
  const wrappedKey = sealedBy(keyId, newId())
  const id = newId()
  await store.recordLogin(loginOf(`open-${id}`, { user: { id, create: { wrappedKey } } }))
  const phones = []
  for (const [at, blindIndex] of indexes.entries()) {
    const input = phoneOf(id, 'number', { now: now + at })
    const phone = { ...input.phone, blindIndex }
    expect(await store.recordPhone({ ...input, phone })).toMatchObject({ phone: { id: phone.id } })
    phones.push(phone)
  }
  return { id, wrappedKey, phones }
}

export function resealsContract(use: UseStore): void {
  describe('rows of a root key', () => {
    it('are counted by kind', async () => {
      const store = use()
      await userWith(store, 1, indexBy(1, 'a'), indexBy(258, 'b'))
      await userWith(store, 258)
      await store.addApp({ appId, sealed: sealedBy(258, 'app'), now })
      await store.writeGrant({ componentAppId: otherAppId, appId, sealed: sealedBy(1, 'grant'), at: now })
      const job = { id: newId(), kind: 'k', appId, eventAt: now, dueAt: now + minute }
      await store.addJob({ ...job, event: bytes('event'), stamp: bytes('stamp'), sealed: sealedBy(1, 'job') })
      expect(await store.countSealed(1)).toEqual({ users: 1, phones: 1, apps: 0, grants: 1, jobs: 1 })
      expect(await store.countSealed(258)).toEqual({ users: 1, phones: 1, apps: 1, grants: 0, jobs: 0 })
      expect(await store.countSealed(2)).toEqual({ users: 0, phones: 0, apps: 0, grants: 0, jobs: 0 })
    })

    it('are found user by user, with every number', async () => {
      const store = use()
      const first = await userWith(store, 1, indexBy(1, 'a'), indexBy(2, 'b'))
      const second = await userWith(store, 2, indexBy(1, 'c'))
      await userWith(store, 2, indexBy(2, 'd'))
      const third = await userWith(store, 1)
      const all = await store.usersToReseal(2, '', 10)
      expect(all.map(({ id }) => id)).toEqual([first.id, second.id, third.id].sort())
      const found = all.find(({ id }) => id === first.id)
      expect(found).toMatchObject({ wrappedKey: first.wrappedKey })
      expect(new Set(found?.phones.map(phone => phone.id))).toEqual(new Set(first.phones.map(phone => phone.id)))
      const [phone] = second.phones
      expect(all.find(({ id }) => id === second.id)?.phones).toMatchObject([
        { id: phone?.id, appId, sealedNumber: phone?.sealedNumber, blindIndex: phone?.blindIndex },
      ])
      const [one, ...rest] = all
      expect(await store.usersToReseal(2, '', 1)).toMatchObject([{ id: one?.id }])
      expect((await store.usersToReseal(2, one?.id ?? '', 10)).map(({ id }) => id)).toEqual(rest.map(({ id }) => id))
    })

    it('change only as they were read', async () => {
      const store = use()
      const user = await userWith(store, 1, indexBy(1, 'a'))
      const phone = user.phones[0]?.id ?? ''
      const change = { what: 'user', id: user.id, from: user.wrappedKey, to: sealedBy(2, 'new') } as const
      const index = { what: 'phone', id: phone, from: indexBy(1, 'a'), to: indexBy(2, 'a') } as const
      expect(
        await store.reseal([
          { ...change, from: sealedBy(1, 'another') },
          { ...index, from: indexBy(1, 'b') },
        ]),
      ).toBe(0)
      expect(await store.reseal([change, index, change])).toBe(2)
      expect((await store.findUser(user.id))?.wrappedKey).toEqual(change.to)
      expect((await store.findPhone(phone))?.blindIndex).toEqual(index.to)
      expect(await store.usersToReseal(2, '', 10)).toEqual([])
    })

    it('are those of a merged user too, while the merge can be undone: it then opens with the new key', async () => {
      const store = use()
      const [survivor, merged] = [await userWith(store, 2), await userWith(store, 1)]
      const audit = { at: now, actor: 'operator', act: 'test', appId: null, subject: survivor.id, details: {} } as const
      const [survivorId, mergedId, mergeId] = [survivor.id, merged.id, newId()]
      const undoUntil = now + minute
      const ids = { mergeId, survivorId, mergedId, attempt: bytes(newId()), sessions: null, phones: [], nickname: null }
      expect((await store.mergeUsers({ ...ids, now, undoUntil, audit })).status).toBe('merged')
      expect(await store.countSealed(1)).toMatchObject({ users: 1 })
      expect(await store.usersToReseal(2, '', 10)).toMatchObject([{ id: mergedId, phones: [] }])
      const to = sealedBy(2, 'new')
      expect(await store.reseal([{ what: 'user', id: mergedId, from: merged.wrappedKey, to }])).toBe(1)
      expect(await store.findUser(mergedId)).toBeNull()
      await store.undoMerge({ now, mergeId, survivorId, audit })
      expect((await store.findUser(mergedId))?.wrappedKey).toEqual(to)
    })

    it('are no longer those of a merged user whose time to undo is over', async () => {
      const store = use()
      const [survivor, merged] = [await userWith(store, 2), await userWith(store, 1)]
      const audit = { at: now, actor: 'operator', act: 'test', appId: null, subject: survivor.id, details: {} } as const
      const who = { mergeId: newId(), survivorId: survivor.id, mergedId: merged.id, attempt: bytes(newId()) }
      const rest = { sessions: null, phones: [], nickname: null, undoUntil: now + minute, audit }
      await store.mergeUsers({ ...who, ...rest, now })
      await store.sweep(now + minute)
      expect(await store.countSealed(1)).toMatchObject({ users: 0 })
      expect(await store.usersToReseal(2, '', 10)).toEqual([])
    })

    it('change once, however many try', async () => {
      const store = use()
      const user = await userWith(store, 1)
      const changed = await race(64, index =>
        store.reseal([{ what: 'user', id: user.id, from: user.wrappedKey, to: sealedBy(2, `${index}`) }]),
      )
      expect(changed.filter(count => count === 1)).toHaveLength(1)
    })

    it('of an erased user are gone', async () => {
      const store = use()
      const { user } = await registered(store, {
        user: { id: newId(), create: { wrappedKey: sealedBy(1, 'key') } },
      })
      await store.eraseUser({ now, userId: user.id, attempt: bytes('erase') })
      expect(await store.countSealed(1)).toMatchObject({ users: 0 })
      expect(await store.usersToReseal(2, '', 10)).toEqual([])
      const change = { what: 'user', id: user.id, from: sealedBy(1, 'key'), to: sealedBy(2, 'key') } as const
      expect(await store.reseal([change])).toBe(0)
    })
  })
}
