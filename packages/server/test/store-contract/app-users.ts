import { describe, expect, it } from 'vitest'
import { againOf, appId, bytes, minute, newId, now, otherAppId, phoneOf, registered, type UseStore } from './subject.ts'

const day = { appId, from: now - 60 * minute, to: now + 60 * minute, limit: 9 }
const everybody = { after: null }

export function appUsersContract(use: UseStore): void {
  describe('users of a mini program', () => {
    it('are read page by page, each once, with number, profile and what they did', async () => {
      const store = use()
      const users = [await registered(store), await registered(store), await registered(store)]
      await registered(store, { appId: otherAppId })
      const [first] = users.sort((a, b) => (a.openId < b.openId ? -1 : 1))
      if (!first) throw new Error('expected a user')
      await store.recordPhone(phoneOf(first.user.id, 'former'))
      await store.recordPhone(phoneOf(first.user.id, 'current'))
      const page = await store.usersOfApp({ ...day, who: everybody, limit: 2 })
      expect(page.map(({ user }) => user.id)).toEqual(users.slice(0, 2).map(({ user }) => user.id))
      expect(page[0]).toMatchObject({
        openId: first.openId,
        user: { id: first.user.id, createdAt: now },
        phone: { blindIndex: bytes('current') },
        profile: { sealedNickname: null, avatarKey: null },
        formerPhones: 1,
        sessions: [{ device: 'ios', count: 1, latestAt: now }],
      })
      const rest = await store.usersOfApp({ ...day, who: { after: page.at(-1)?.openId ?? null } })
      expect(rest.map(({ openId }) => openId)).toEqual([users.at(-1)?.openId])
      expect(await store.usersOfApp({ ...day, appId: 'wx-of-nobody', who: everybody })).toEqual([])
    })

    it('are told one by one too, and those who came later or are erased are not there', async () => {
      const store = use()
      const [one, erased] = [await registered(store), await registered(store)]
      await registered(store, { now: day.to + 1 })
      await store.eraseUser({ now, userId: erased.user.id, attempt: bytes('erase') })
      const ids = async (who: { after: null } | { userId: string }) =>
        (await store.usersOfApp({ ...day, who })).map(({ user }) => user.id)
      expect(await ids(everybody)).toEqual([one.user.id])
      expect(await ids({ userId: one.user.id })).toEqual([one.user.id])
      expect(await ids({ userId: erased.user.id })).toEqual([])
      expect(await ids({ userId: newId() })).toEqual([])
    })

    it('have the sessions that were alive in the time, by device', async () => {
      const store = use()
      const former = { id: newId(), device: 'android', idleUntil: now - 50 * minute, absoluteUntil: now } as const
      const first = await registered(store, { now: now - 60 * minute, session: former })
      const second = againOf(first)
      await store.recordLogin(second)
      const devices = async (from: number, to: number) => {
        const query = { appId, from: now + from * minute, to: now + to * minute, limit: 9 }
        const [found] = await store.usersOfApp({ ...query, who: { userId: first.user.id } })
        return found?.sessions.map(({ device }) => device)
      }
      expect(await devices(-62, -61)).toBeUndefined()
      expect(await devices(-61, -55)).toEqual(['android'])
      expect(await devices(-49, -1)).toEqual([])
      expect(await devices(-55, 0)).toEqual(['android', 'ios'])
      expect(await devices(11, 12)).toEqual([])
      await store.endSession(second.session.id, now + minute, 'logout')
      expect(await devices(0, 1)).toEqual(['ios'])
      expect(await devices(2, 3)).toEqual([])
    })
  })
}
