import { describe, expect, it } from 'vitest'
import { againOf, appId, keyOf, newId, now, race, registered, type Subject, type UseStore } from './subject.ts'

const beginning = 0

/** The keys that open ciphertexts of a login, as `<row>` or `<row> erased`. */
async function keysOf(store: Subject, loginId: string, previousSince = beginning): Promise<readonly string[]> {
  const keys = await store.sessionKeysOf(loginId, previousSince)
  return keys.map(({ id, sealed }) => (sealed ? id : `${id} erased`))
}

export function sessionKeysContract(use: UseStore): void {
  describe('session keys', () => {
    it('are none for a login without one and for an unknown login', async () => {
      const store = use()
      const login = await registered(store)
      expect(await store.sessionKeysOf(login.loginId, beginning)).toEqual([])
      expect(await store.sessionKeysOf(newId(), beginning)).toEqual([])
    })

    it('are found by the login that brought them', async () => {
      const store = use()
      const sessionKey = keyOf('key')
      const login = await registered(store, { sessionKey })
      const { id, sealed } = sessionKey
      const owner = { userId: login.user.id, appId }
      expect(await store.sessionKeysOf(login.loginId, beginning)).toEqual([{ id, ...owner, sealed, issuedAt: now }])
    })

    it('that come again keep their row', async () => {
      const store = use()
      const sessionKey = keyOf('key')
      const first = await registered(store, { sessionKey })
      const second = againOf(first, { sessionKey: keyOf('key'), now: now + 1000 })
      await store.recordLogin(second)
      const { id, sealed } = sessionKey
      expect(await store.sessionKeysOf(second.loginId, beginning)).toMatchObject([{ id, sealed, issuedAt: now }])
    })

    it('of two users are kept apart', async () => {
      const store = use()
      const [one, two] = [keyOf('key'), keyOf('key')]
      const first = await registered(store, { sessionKey: one })
      const second = await registered(store, { sessionKey: two })
      expect(await keysOf(store, first.loginId)).toEqual([one.id])
      expect(await keysOf(store, second.loginId)).toEqual([two.id])
    })

    it('in use now, of the login itself and replaced just now open what was made with them', async () => {
      const store = use()
      const [one, two, three] = [keyOf('1'), keyOf('2'), keyOf('3')]
      const first = await registered(store, { sessionKey: one })
      const second = againOf(first, { sessionKey: two, now: now + 1000 })
      const third = againOf(first, { sessionKey: three, now: now + 2000 })
      await store.recordLogin(second)
      await store.recordLogin(third)
      expect(await keysOf(store, first.loginId)).toEqual([one.id, three.id])
      expect(await keysOf(store, second.loginId)).toEqual([two.id, one.id, three.id])
      expect(await keysOf(store, third.loginId)).toEqual([three.id, two.id])
      expect(await keysOf(store, second.loginId, now + 1001)).toEqual([two.id, three.id])
      expect(await keysOf(store, third.loginId, now + 2000)).toEqual([three.id, two.id])
      expect(await keysOf(store, third.loginId, now + 2001)).toEqual([three.id])
    })

    it('that come back are in use again', async () => {
      const store = use()
      const [one, two] = [keyOf('1'), keyOf('2')]
      const first = await registered(store, { sessionKey: one })
      await store.recordLogin(againOf(first, { sessionKey: two, now: now + 1000 }))
      const back = againOf(first, { sessionKey: keyOf('1'), now: now + 2000 })
      await store.recordLogin(back)
      expect(await keysOf(store, back.loginId)).toEqual([one.id, two.id])
    })

    it('stay in use when a login brings none', async () => {
      const store = use()
      const sessionKey = keyOf('key')
      const first = await registered(store, { sessionKey })
      await store.recordLogin(againOf(first, { now: now + 1000 }))
      expect(await keysOf(store, first.loginId)).toEqual([sessionKey.id])
    })

    it('are erased by the failure that reaches the limit', async () => {
      const store = use()
      const sessionKey = keyOf('key')
      const login = await registered(store, { sessionKey })
      expect(await store.countKeyFailure(login.loginId, sessionKey.id, 3)).toEqual({ burnt: false })
      expect(await store.countKeyFailure(login.loginId, sessionKey.id, 3)).toEqual({ burnt: false })
      expect(await keysOf(store, login.loginId)).toEqual([sessionKey.id])
      expect(await store.countKeyFailure(login.loginId, sessionKey.id, 3)).toEqual({ burnt: true })
      expect(await keysOf(store, login.loginId)).toEqual([`${sessionKey.id} erased`])
      expect(await store.countKeyFailure(login.loginId, sessionKey.id, 3)).toEqual({ burnt: false })
      expect(await store.countKeyFailure(login.loginId, newId(), 3)).toEqual({ burnt: false })
      expect(await store.countKeyFailure(newId(), sessionKey.id, 3)).toEqual({ burnt: false })
    })

    it('count exactly as many failures as the limit, whoever races', async () => {
      const store = use()
      const sessionKey = keyOf('key')
      const login = await registered(store, { sessionKey })
      const early = await race(4, () => store.countKeyFailure(login.loginId, sessionKey.id, 5))
      expect(early.every(({ burnt }) => !burnt)).toBe(true)
      const outcomes = await race(64, () => store.countKeyFailure(login.loginId, sessionKey.id, 5))
      expect(outcomes.filter(({ burnt }) => burnt)).toHaveLength(1)
      expect(await keysOf(store, login.loginId)).toEqual([`${sessionKey.id} erased`])
    })

    it('stay burnt when the same key comes again', async () => {
      const store = use()
      const sessionKey = keyOf('key')
      const first = await registered(store, { sessionKey })
      await store.countKeyFailure(first.loginId, sessionKey.id, 1)
      const second = againOf(first, { sessionKey: keyOf('key') })
      await store.recordLogin(second)
      expect(await keysOf(store, second.loginId)).toEqual([`${sessionKey.id} erased`])
      const third = againOf(first, { sessionKey: keyOf('fresh'), now: now + 1000 })
      await store.recordLogin(third)
      expect(await keysOf(store, third.loginId, now + 2000)).toHaveLength(1)
      const fourth = againOf(first, { sessionKey: keyOf('key'), now: now + 2000 })
      await store.recordLogin(fourth)
      expect((await keysOf(store, fourth.loginId))[0]).toBe(`${sessionKey.id} erased`)
    })

    it('are erased with the session whose login brought them', async () => {
      const store = use()
      const sessionKey = keyOf('key')
      const login = await registered(store, { sessionKey })
      await store.endSession(login.session.id, now, 'logout')
      expect(await keysOf(store, login.loginId)).toEqual([`${sessionKey.id} erased`])
    })

    it('come back after a logout, with the failures counted before', async () => {
      const store = use()
      const sessionKey = keyOf('key')
      const first = await registered(store, { sessionKey })
      await store.countKeyFailure(first.loginId, sessionKey.id, 3)
      await store.countKeyFailure(first.loginId, sessionKey.id, 3)
      await store.endSession(first.session.id, now, 'logout')
      const fresh = keyOf('key')
      const second = againOf(first, { sessionKey: fresh, now: now + 1000 })
      await store.recordLogin(second)
      expect((await keysOf(store, second.loginId))[0]).toBe(fresh.id)
      expect(await store.countKeyFailure(second.loginId, fresh.id, 3)).toEqual({ burnt: true })
    })
  })
}
