import { describe, expect, it } from 'vitest'
import { againOf, appId, countOf, loginOf, otherAppId, race, registered, type UseStore } from './subject.ts'

export function unionIdsContract(use: UseStore): void {
  describe('a unionid', () => {
    it('makes the first login in a second app find the same user', async () => {
      const store = use()
      const here = await registered(store, { unionId: 'union-1' })
      const user = await store.findUserByUnionId('union-1')
      expect(user?.id).toBe(here.user.id)
      const there = againOf(here, { appId: otherAppId, openId: 'open-there', unionId: 'union-1' })
      expect(await store.recordLogin(there)).toEqual({ status: 'recorded' })
      expect(await store.findIdentity(otherAppId, 'open-there')).toEqual({
        identity: { appId: otherAppId, openId: 'open-there', unionId: 'union-1', userId: here.user.id },
        user,
        phone: null,
        profile: { sealedNickname: null, avatarKey: null },
      })
    })

    it('keeps a second user from being made for it', async () => {
      const store = use()
      await registered(store, { unionId: 'union-1' })
      const there = loginOf('open-there', { appId: otherAppId, unionId: 'union-1' })
      expect(await store.recordLogin(there)).toEqual({ status: 'user-exists' })
      expect(await store.findUser(there.user.id)).toBeNull()
      expect(await store.findIdentity(otherAppId, 'open-there')).toBeNull()
    })

    it('is filled in when it appears and never overwritten', async () => {
      const store = use()
      const first = await registered(store)
      await store.recordLogin(againOf(first, { unionId: 'union-1' }))
      expect((await store.findIdentity(appId, first.openId))?.identity.unionId).toBe('union-1')
      expect((await store.findUserByUnionId('union-1'))?.id).toBe(first.user.id)
      for (const unionId of [null, 'union-2']) {
        expect(await store.recordLogin(againOf(first, { unionId }))).toEqual({ status: 'recorded' })
        expect((await store.findIdentity(appId, first.openId))?.identity.unionId).toBe('union-1')
      }
      expect(await store.findUserByUnionId('union-2')).toBeNull()
    })

    it('that appears at two users stays with the one who had it first', async () => {
      const store = use()
      const early = await registered(store)
      const late = await registered(store, { appId: otherAppId, unionId: 'union-1' })
      const unionIdOf = late.user.id
      const again = () => store.recordLogin(againOf(early, { unionId: 'union-1' }))
      expect([await again(), await again()]).toEqual([{ status: 'recorded', unionIdOf }, { status: 'recorded' }])
      expect((await store.findIdentity(appId, early.openId))?.user.id).toBe(early.user.id)
      expect((await store.findUserByUnionId('union-1'))?.id).toBe(late.user.id)
    })

    it('makes one user of first logins in two apps at once', async () => {
      const store = use()
      const logins = Array.from({ length: 64 }, (_, index) =>
        index % 2 === 0
          ? loginOf('open-here', { unionId: 'union-1' })
          : loginOf('open-there', { appId: otherAppId, unionId: 'union-1' }),
      )
      const outcomes = await race(64, index => store.recordLogin(logins[index] ?? loginOf('never')))
      expect(countOf(outcomes, 'recorded')).toBe(1)
      expect(countOf(outcomes, 'user-exists')).toBe(63)
      const users = await race(64, index => store.findUser(logins[index]?.user.id ?? ''))
      expect(users.filter(user => user !== null)).toHaveLength(1)
    })
  })
}
