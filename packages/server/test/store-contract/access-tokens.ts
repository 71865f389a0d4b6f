import { describe, expect, it } from 'vitest'
import { appId, bytes, now, otherAppId, race, type UseStore } from './subject.ts'

const tokenOf = (generation: number) => ({ sealed: bytes(`token ${generation}`), expiresAt: now + 7200, generation })

export function accessTokensContract(use: UseStore): void {
  describe('the access token', () => {
    it('is none before one was written, also while it is leased', async () => {
      const store = use()
      expect(await store.readAccessToken(appId)).toBeNull()
      await store.leaseAccessToken(appId, 'one', now, now + 1000)
      expect(await store.readAccessToken(appId)).toBeNull()
    })

    it('is kept for each app', async () => {
      const store = use()
      expect(await store.writeAccessToken(appId, tokenOf(1))).toBe(true)
      expect(await store.writeAccessToken(otherAppId, tokenOf(2))).toBe(true)
      expect(await store.readAccessToken(appId)).toEqual(tokenOf(1))
      expect(await store.readAccessToken(otherAppId)).toEqual(tokenOf(2))
    })

    it('is replaced by a later generation only', async () => {
      const store = use()
      await store.leaseAccessToken(appId, 'one', now, now + 1000)
      expect(await store.writeAccessToken(appId, tokenOf(2))).toBe(true)
      expect(await store.writeAccessToken(appId, tokenOf(2))).toBe(false)
      expect(await store.writeAccessToken(appId, tokenOf(1))).toBe(false)
      expect(await store.readAccessToken(appId)).toEqual(tokenOf(2))
      expect(await store.writeAccessToken(appId, tokenOf(3))).toBe(true)
      expect(await store.readAccessToken(appId)).toEqual(tokenOf(3))
    })

    it('is written by one of any number of writers of a generation', async () => {
      const store = use()
      const outcomes = await race(64, () => store.writeAccessToken(appId, tokenOf(1)))
      expect(outcomes.filter(written => written)).toHaveLength(1)
    })

    it('ends at the latest of any number of generations', async () => {
      const store = use()
      await race(64, index => store.writeAccessToken(appId, tokenOf(((index * 37) % 64) + 1)))
      expect(await store.readAccessToken(appId)).toEqual(tokenOf(64))
    })
  })

  describe('its lease', () => {
    it('has one holder until its time, who may take it again', async () => {
      const store = use()
      expect(await store.leaseAccessToken(appId, 'one', now, now + 1000)).toBe(true)
      expect(await store.leaseAccessToken(appId, 'two', now + 999, now + 2000)).toBe(false)
      expect(await store.leaseAccessToken(otherAppId, 'two', now, now + 1000)).toBe(true)
      expect(await store.leaseAccessToken(appId, 'one', now + 500, now + 1500)).toBe(true)
      expect(await store.leaseAccessToken(appId, 'two', now + 1499, now + 2500)).toBe(false)
      expect(await store.leaseAccessToken(appId, 'two', now + 1500, now + 2500)).toBe(true)
      expect(await store.leaseAccessToken(appId, 'one', now + 1501, now + 2500)).toBe(false)
    })

    it('leaves the token alone', async () => {
      const store = use()
      await store.writeAccessToken(appId, tokenOf(1))
      await store.leaseAccessToken(appId, 'one', now, now + 1000)
      expect(await store.readAccessToken(appId)).toEqual(tokenOf(1))
    })

    it('goes to one of any number of callers', async () => {
      const store = use()
      const outcomes = await race(64, index => store.leaseAccessToken(appId, `holder ${index}`, now, now + 1000))
      expect(outcomes.filter(held => held)).toHaveLength(1)
      const later = await race(64, index => store.leaseAccessToken(appId, `later ${index}`, now + 1000, now + 2000))
      expect(later.filter(held => held)).toHaveLength(1)
    })
  })
}
