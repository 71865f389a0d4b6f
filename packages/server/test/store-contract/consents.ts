import { describe, expect, it } from 'vitest'
import type { RecordConsent, WithdrawConsent } from '../../src/ports/consent-store.ts'
import type { Page } from '../../src/ports/page.ts'
import {
  appId,
  bytes,
  newId,
  now,
  otherAppId,
  pagesOf,
  phoneOf,
  race,
  registered,
  rounds,
  type Subject,
  type UseStore,
} from './subject.ts'

async function userOf(store: Subject): Promise<string> {
  return (await registered(store)).user.id
}

function consentOf(userId: string, overrides: Partial<RecordConsent> = {}): RecordConsent {
  return { now, userId, appId, scope: 'phone', version: 'v1', textHash: null, attempt: bytes(newId()), ...overrides }
}

function withdrawalOf(userId: string, overrides: Partial<WithdrawConsent> = {}): WithdrawConsent {
  return { now, userId, appId, scope: 'phone', attempt: bytes(newId()), ...overrides }
}

async function told(store: Subject): Promise<string> {
  const userId = await userOf(store)
  await store.recordPhone(phoneOf(userId, '+8613800000001'))
  await store.recordPhone(phoneOf(userId, '+8613800000002'))
  await store.recordProfile({
    now,
    askedAt: now,
    userId,
    sealedNickname: bytes('xiaoming'),
    avatarKey: `avatar of ${userId}`,
  })
  return userId
}

export function consentsContract(use: UseStore): void {
  describe('consents', () => {
    it('are a history, the newest first', async () => {
      const store = use()
      const userId = await userOf(store)
      expect(await store.consentsOf(userId)).toEqual([])
      const textHash = 'a'.repeat(64)
      const first = await store.recordConsent(consentOf(userId, { textHash }))
      const attempt = expect.any(Uint8Array)
      expect(first).toEqual({ appId, scope: 'phone', status: 'given', version: 'v1', textHash, attempt, at: now })
      const second = await store.recordConsent(consentOf(userId, { version: 'v2', now: now + 1, appId: otherAppId }))
      const gone = await store.withdrawConsent(withdrawalOf(userId, { now: now + 2 }))
      expect(gone).toEqual({ ...first, status: 'withdrawn', attempt, at: now + 2 })
      expect(await store.consentsOf(userId)).toEqual([gone, second, first])
    })

    it('are read page by page, each line once, and no page is longer than its limit', async () => {
      const store = use()
      const [userId, other] = [await userOf(store), await userOf(store)]
      const lines: unknown[] = []
      for (let index = 0; index < 5; index += 1) {
        await store.recordConsent(consentOf(other))
        lines.unshift(await store.recordConsent(consentOf(userId, { version: `v${index}` })))
      }
      const read = (page: Page) => store.consentsOf(userId, page)
      expect(await pagesOf(read, ({ attempt }) => Buffer.from(attempt).toString('hex'))).toEqual([
        lines.slice(0, 2),
        lines.slice(2, 4),
        lines.slice(4),
      ])
      expect(await store.consentsOf(userId, { after: 'ff'.repeat(32) })).toEqual([])
    })

    it('are 100 when nobody says how many', async () => {
      const store = use()
      const userId = await userOf(store)
      for (let index = 0; index < 101; index += 1) await store.recordConsent(consentOf(userId))
      expect(await store.consentsOf(userId)).toHaveLength(100)
    })

    it('count by the newest line of a scope or of the whole, in one app', async () => {
      const store = use()
      const [userId, other] = [await userOf(store), await userOf(store)]
      expect(await store.newestConsent(userId, appId, 'phone')).toBeNull()
      await store.recordConsent(consentOf(other))
      await store.recordConsent(consentOf(userId, { appId: otherAppId }))
      await store.recordConsent(consentOf(userId, { scope: 'profile' }))
      expect(await store.newestConsent(userId, appId, 'phone')).toBeNull()
      const phone = await store.recordConsent(consentOf(userId))
      expect(await store.newestConsent(userId, appId, 'phone')).toEqual(phone)
      const whole = await store.withdrawConsent(withdrawalOf(userId, { scope: 'privacy' }))
      expect(await store.newestConsent(userId, appId, 'phone')).toEqual(whole)
      expect(await store.newestConsent(userId, appId, 'profile')).toEqual(whole)
      // A clock that was set back changes no order.
      const last = await store.recordConsent(consentOf(userId, { now: now - 1, version: 'v2' }))
      expect(await store.newestConsent(userId, appId, 'phone')).toEqual(last)
      expect(await store.newestConsent(userId, appId, 'profile')).toEqual(whole)
    })

    it('are written down once for each attempt, by any number of callers', async () => {
      const store = use()
      const userId = await userOf(store)
      const input = consentOf(userId)
      const lines = await race(32, index => store.recordConsent({ ...input, now: now + index }))
      expect(new Set(lines.map(line => line?.at))).toEqual(new Set([lines[0]?.at]))
      expect(await store.consentsOf(userId)).toHaveLength(1)
      expect(await store.recordConsent(consentOf(await userOf(store), { attempt: input.attempt }))).not.toBeNull()
    })

    it('of nobody are refused', async () => {
      const store = use()
      expect(await store.recordConsent(consentOf(newId()))).toBeNull()
      expect(await store.withdrawConsent(withdrawalOf(newId()))).toBeNull()
    })

    it('that are withdrawn take along what they allowed', async () => {
      const store = use()
      const userId = await told(store)
      const [phone] = await store.phonesOf(userId)
      await store.withdrawConsent(withdrawalOf(userId))
      expect(await store.phonesOf(userId)).toEqual([])
      expect(await store.findPhone(phone?.id ?? '')).toBeNull()
      expect(await store.findAccount(userId)).toMatchObject({
        phone: null,
        profile: { sealedNickname: bytes('xiaoming') },
      })
      await store.withdrawConsent(withdrawalOf(userId, { scope: 'profile' }))
      expect((await store.findAccount(userId))?.profile).toEqual({ sealedNickname: null, avatarKey: null })
      expect(await store.doomedAvatars(now + 1, 10)).toEqual([`avatar of ${userId}`])
    })

    it('to the whole take along all of it, and of nobody else anything', async () => {
      const store = use()
      const [userId, other] = [await told(store), await told(store)]
      await store.withdrawConsent(withdrawalOf(userId, { scope: 'privacy' }))
      expect(await store.findAccount(userId)).toMatchObject({ phone: null, profile: { avatarKey: null } })
      expect(await store.phonesOf(other)).toHaveLength(2)
      expect((await store.findAccount(other))?.profile.avatarKey).toBe(`avatar of ${other}`)
    })

    it.each(['phone', 'privacy'] as const)('withdrawn while a number is on its way leave none: %s', async scope => {
      const store = use()
      for (let round = 0; round < rounds; round += 1) {
        const userId = await userOf(store)
        const numbers = Array.from({ length: 8 }, (_, index) => `+861380000${round}00${index}`)
        await Promise.all([
          ...numbers.slice(0, 4).map(number => store.recordPhone(phoneOf(userId, number))),
          store.withdrawConsent(withdrawalOf(userId, { scope, now: now + 1 })),
          ...numbers.slice(4).map(number => store.recordPhone(phoneOf(userId, number))),
        ])
        expect(await store.phonesOf(userId)).toEqual([])
        const late = phoneOf(userId, '+8613800000001')
        expect(await store.recordPhone(late)).toEqual({ status: 'withdrawn' })
        expect(await store.recordPhone({ ...late, askedAt: now + 1 })).toMatchObject({ status: 'bound' })
      }
    })

    it.each(['profile', 'privacy'] as const)('withdrawn while a profile is on its way leave none: %s', async scope => {
      const store = use()
      for (let round = 0; round < rounds; round += 1) {
        const userId = await userOf(store)
        const change = (index: number) =>
          store.recordProfile({
            now: now + 1,
            askedAt: now,
            userId,
            ...(index % 2 === 0 ? { sealedNickname: bytes(`name ${index}`) } : { avatarKey: `${userId} ${index}` }),
          })
        await Promise.all([
          ...[0, 1, 2, 3].map(change),
          store.withdrawConsent(withdrawalOf(userId, { scope, now: now + 1 })),
          ...[4, 5, 6, 7].map(change),
        ])
        expect((await store.findAccount(userId))?.profile).toEqual({ sealedNickname: null, avatarKey: null })
        expect(await change(8)).toEqual({ status: 'withdrawn' })
        expect(await change(9)).toEqual({ status: 'withdrawn' })
        const clear = { now: now + 1, askedAt: now, userId, sealedNickname: null }
        expect(await store.recordProfile(clear)).toMatchObject({ status: 'recorded' })
        const asked = { now: now + 2, askedAt: now + 1, userId, sealedNickname: bytes('again') }
        expect(await store.recordProfile(asked)).toMatchObject({ status: 'recorded' })
        await store.withdrawConsent(withdrawalOf(userId, { now: now + 9 }))
        expect(await store.recordProfile(asked)).toMatchObject({ status: 'recorded' })
      }
    })

    it('are withdrawn once, and again when there is something again', async () => {
      const store = use()
      const userId = await userOf(store)
      const never = await store.withdrawConsent(withdrawalOf(userId))
      expect(never).toMatchObject({ status: 'withdrawn', version: null, textHash: null })
      const lines = await race(16, () => store.withdrawConsent(withdrawalOf(userId, { now: now + 5 })))
      expect(lines.every(line => line?.at === now)).toBe(true)
      await store.recordPhone(phoneOf(userId, '+8613800000001'))
      expect(await store.withdrawConsent(withdrawalOf(userId, { now: now + 9 }))).toMatchObject({ at: now + 9 })
      expect(await store.consentsOf(userId)).toHaveLength(2)
      expect(await store.phonesOf(userId)).toEqual([])
    })
  })
}
