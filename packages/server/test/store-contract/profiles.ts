import { describe, expect, it } from 'vitest'
import { bytes, claimOf, minute, newId, now, race, registered, rounds, type Subject, type UseStore } from './subject.ts'

const empty = { sealedNickname: null, avatarKey: null }

async function userOf(store: Subject): Promise<string> {
  return (await registered(store)).user.id
}

async function profileOf(store: Subject, userId: string) {
  return (await store.findAccount(userId))?.profile
}

export function profilesContract(use: UseStore): void {
  describe('profiles', () => {
    it('are empty before anything was told', async () => {
      const store = use()
      expect(await profileOf(store, await userOf(store))).toEqual(empty)
    })

    it('change in the fields that are named, and in no other', async () => {
      const store = use()
      const userId = await userOf(store)
      const sealedNickname = bytes('xiaoming')
      const first = { sealedNickname, avatarKey: null }
      const named = await store.recordProfile({ now, askedAt: now, userId, sealedNickname })
      expect(named).toEqual({ status: 'recorded', profile: first, doomed: null })
      const both = { sealedNickname, avatarKey: 'a' }
      const pictured = await store.recordProfile({ now, askedAt: now, userId, avatarKey: 'a' })
      expect(pictured).toEqual({ status: 'recorded', profile: both, doomed: null })
      expect(await store.recordProfile({ now, askedAt: now, userId })).toMatchObject({ profile: both })
      expect(await profileOf(store, userId)).toEqual(both)
      const cleared = await store.recordProfile({ now, askedAt: now, userId, sealedNickname: null })
      expect(cleared).toMatchObject({ profile: { sealedNickname: null, avatarKey: 'a' } })
      expect(await profileOf(store, userId)).toEqual({ sealedNickname: null, avatarKey: 'a' })
    })

    it('of nobody are refused', async () => {
      const gone = await use().recordProfile({ now, askedAt: now, userId: newId(), sealedNickname: bytes('nobody') })
      expect(gone).toEqual({ status: 'user-gone' })
    })

    it('that change at once leave one of each field', async () => {
      for (let round = 0; round < rounds; round += 1) {
        const store = use()
        const userId = await userOf(store)
        const names = Array.from({ length: 32 }, (_, index) => bytes(`name ${index}`))
        const pictures = Array.from({ length: 32 }, (_, index) => `${userId} ${index}`)
        const outcomes = await race(64, index =>
          index % 2 === 0
            ? store.recordProfile({ now, askedAt: now, userId, sealedNickname: names[index / 2] ?? null })
            : store.recordProfile({ now, askedAt: now, userId, avatarKey: pictures[(index - 1) / 2] ?? null }),
        )
        expect(outcomes.every(({ status }) => status === 'recorded')).toBe(true)
        const profile = await profileOf(store, userId)
        expect(names).toContainEqual(profile?.sealedNickname)
        expect(pictures).toContain(profile?.avatarKey)
      }
    })

    it('settle the ciphertext that brought them, for a repeat of the same attempt', async () => {
      const store = use()
      const userId = await userOf(store)
      const claim = claimOf('ciphertext', { kind: 'open-data' })
      expect(await store.claim(claim, now, minute)).toEqual({ status: 'claimed' })
      await store.recordProfile({ now, askedAt: now, userId, settles: { claim, recognised: 'anonymous' } })
      const repeat = { status: 'recognised', recognised: 'anonymous' }
      expect(await store.claim(claim, now, minute)).toEqual(repeat)
      await store.release(claim)
      expect(await store.claim(claim, now + 2 * minute, minute)).toEqual(repeat)
      expect(await store.claim({ ...claim, attempt: bytes('another') }, now, minute)).toEqual({ status: 'spent' })
      expect(await profileOf(store, userId)).toEqual(empty)
    })
  })

  describe('avatars', () => {
    it('are doomed until a profile names them', async () => {
      const store = use()
      const userId = await userOf(store)
      await store.doomAvatar('a', now)
      await store.doomAvatar('b', now + 1)
      expect(await store.doomedAvatars(now + 2, 10)).toEqual(['a', 'b'])
      expect(await store.doomedAvatars(now + 1, 10)).toEqual(['a'])
      expect(await store.doomedAvatars(now + 2, 1)).toEqual(['a'])
      await store.recordProfile({ now, askedAt: now, userId, avatarKey: 'a' })
      expect(await store.doomedAvatars(now + 2, 10)).toEqual(['b'])
      await store.forgetAvatar('b')
      await store.forgetAvatar('b')
      expect(await store.doomedAvatars(now + 2, 10)).toEqual([])
    })

    it('are doomed when another takes their place, or none', async () => {
      const store = use()
      const userId = await userOf(store)
      await store.recordProfile({ now, askedAt: now, userId, avatarKey: 'a' })
      expect(await store.recordProfile({ now, askedAt: now, userId, avatarKey: 'a' })).toMatchObject({ doomed: null })
      expect(await store.recordProfile({ now, askedAt: now, userId, avatarKey: 'b' })).toMatchObject({ doomed: 'a' })
      expect(await store.recordProfile({ now, askedAt: now, userId, avatarKey: null })).toMatchObject({ doomed: 'b' })
      expect(new Set(await store.doomedAvatars(now + 1, 10))).toEqual(new Set(['a', 'b']))
    })

    it('that replace each other at once leave one, and doom all others', async () => {
      for (let round = 0; round < rounds; round += 1) {
        const store = use()
        const userId = await userOf(store)
        const keys = Array.from({ length: 32 }, (_, index) => `${userId} ${index}`)
        await race(32, async index => {
          await store.doomAvatar(keys[index] ?? '', now)
          await store.recordProfile({ now, askedAt: now, userId, avatarKey: keys[index] ?? '' })
        })
        const kept = (await profileOf(store, userId))?.avatarKey
        const doomed = (await store.doomedAvatars(now + 1, 1000)).filter(key => key.startsWith(userId))
        expect(new Set([kept, ...doomed])).toEqual(new Set(keys))
        expect(doomed).toHaveLength(31)
      }
    })
  })
}
