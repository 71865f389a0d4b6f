import { describe, expect, it } from 'vitest'
import { againOf, claimOf, keyOf, minute, now, phoneOf, race, registered, type UseStore } from './subject.ts'

export function sweepingContract(use: UseStore): void {
  describe('sweeping', () => {
    it('removes nothing that is of use', async () => {
      const store = use()
      const login = await registered(store, { sessionKey: keyOf('key') })
      const claim = claimOf('phone code', { kind: 'phone-code', until: now + minute })
      await store.claim(claim, now, 1000)
      expect(await store.sweep(now + minute - 1)).toBe(0)
      expect(await store.claim(claim, now, 1000)).toEqual({ status: 'pending' })
      expect(await store.findLogin(login.loginId)).not.toBeNull()
      expect(await store.sessionKeysOf(login.loginId, 0)).toHaveLength(1)
    })

    it('lets go of a claim when its time has come', async () => {
      const store = use()
      const claim = claimOf('phone code', { kind: 'phone-code', until: now + minute })
      await store.claim(claim, now, 1000)
      expect(await store.sweep(now + minute)).toBe(1)
      expect(await store.sweep(now + minute)).toBe(0)
      expect(await store.claim(claim, now, 1000)).toEqual({ status: 'claimed' })
    })

    it('removes an idle session with its login and its key, and keeps the user', async () => {
      const store = use()
      const login = await registered(store, { sessionKey: keyOf('key') })
      await store.recordPhone(phoneOf(login.user.id, '+8613800000001'))
      expect(await store.sweep(now + 10 * minute)).toBe(2)
      expect(await store.findSession(login.session.id)).toBeNull()
      expect(await store.findLogin(login.loginId)).toBeNull()
      expect(await store.sessionKeysOf(login.loginId, 0)).toEqual([])
      expect(await store.endSession(login.session.id, now, 'logout')).toBe(false)
      expect(await store.findUser(login.user.id)).not.toBeNull()
      expect(await store.currentPhone(login.user.id)).not.toBeNull()
      expect(await store.recordLogin(againOf(login, { sessionKey: keyOf('key') }))).toEqual({ status: 'recorded' })
    })

    it('keeps a key that another session still has', async () => {
      const store = use()
      const sessionKey = keyOf('key')
      const first = await registered(store, { sessionKey })
      const second = againOf(first, { sessionKey: keyOf('key') })
      await store.recordLogin({ ...second, session: { ...second.session, idleUntil: now + 20 * minute } })
      expect(await store.sweep(now + 10 * minute)).toBe(1)
      expect((await store.sessionKeysOf(second.loginId, 0)).map(({ id }) => id)).toEqual([sessionKey.id])
    })

    it('keeps a code spent whose session is gone', async () => {
      const store = use()
      const login = await registered(store)
      await store.sweep(now + 10 * minute)
      expect(await store.findClaimedLogin(login.claim)).toBeNull()
      const retry = againOf(login, { claim: login.claim })
      expect(await store.recordLogin(retry)).toMatchObject({ status: 'code-spent', sessionId: login.session.id })
    })

    it('gets through more rows than fit in one step', async () => {
      const store = use()
      await race(450, index => store.claim(claimOf(`code ${index}`, { kind: 'open-data', until: now }), now, 1000))
      await race(250, () => registered(store))
      expect(await store.sweep(now + 10 * minute)).toBe(700)
    })
  })

  describe('a store', () => {
    it('answers a check while it is open', async () => {
      await expect(use().check()).resolves.toBeUndefined()
    })

    it('can be closed twice, and fails a check then', async () => {
      const store = use()
      await store.close()
      await store.close()
      await expect(store.check()).rejects.toMatchObject({ name: 'StorageFault', code: 'failed' })
    })
  })
}
