import { describe, expect, it } from 'vitest'
import {
  appId,
  bytes,
  claimOf,
  countOf,
  newId,
  now,
  otherAppId,
  phoneOf,
  race,
  registered,
  type UseStore,
} from './subject.ts'

const stale = 15_000
const phoneCode = () => claimOf('phone code', { kind: 'phone-code' })
const rival = () => ({ ...phoneCode(), attempt: bytes('another nonce') })

export function claimsContract(use: UseStore): void {
  describe('a claim', () => {
    it('is given once; the same attempt waits, another one is too late', async () => {
      const store = use()
      expect(await store.claim(phoneCode(), now, stale)).toEqual({ status: 'claimed' })
      expect(await store.claim(phoneCode(), now, stale)).toEqual({ status: 'pending' })
      expect(await store.claim(rival(), now, stale)).toEqual({ status: 'spent' })
    })

    it('is given to one of any number of attempts', async () => {
      const store = use()
      const outcomes = await race(64, index =>
        store.claim({ ...phoneCode(), attempt: bytes(`nonce ${index}`) }, now, stale),
      )
      expect(countOf(outcomes, 'claimed')).toBe(1)
      expect(countOf(outcomes, 'spent')).toBe(63)
    })

    it('is given to one of any number of callers of one attempt', async () => {
      const store = use()
      const outcomes = await race(64, () => store.claim(phoneCode(), now, stale))
      expect(countOf(outcomes, 'claimed')).toBe(1)
      expect(countOf(outcomes, 'pending')).toBe(63)
    })

    it('is apart for each kind, app and hash', async () => {
      const store = use()
      const claim = phoneCode()
      const others = [
        { ...claim, kind: 'open-data' as const },
        { ...claim, appId: otherAppId },
        { ...claim, hash: bytes('another code') },
      ]
      for (const one of [claim, ...others]) expect(await store.claim(one, now, stale)).toEqual({ status: 'claimed' })
    })

    it('that was not settled in time is taken over by the same attempt only, and once', async () => {
      const store = use()
      await store.claim(phoneCode(), now, stale)
      expect(await store.claim(phoneCode(), now + stale - 1, stale)).toEqual({ status: 'pending' })
      expect(await store.claim(rival(), now + stale, stale)).toEqual({ status: 'spent' })
      const outcomes = await race(64, () => store.claim(phoneCode(), now + stale, stale))
      expect(countOf(outcomes, 'claimed')).toBe(1)
      expect(countOf(outcomes, 'pending')).toBe(63)
    })

    it('that was given back can be tried again by anybody', async () => {
      const store = use()
      await store.claim(phoneCode(), now, stale)
      await store.release(phoneCode())
      expect(await store.claim(rival(), now, stale)).toEqual({ status: 'claimed' })
    })

    it('is given back by its own attempt only', async () => {
      const store = use()
      await store.claim(phoneCode(), now, stale)
      await store.release(rival())
      await store.release({ ...phoneCode(), appId: otherAppId })
      await store.release({ ...phoneCode(), kind: 'open-data' })
      expect(await store.claim(rival(), now, stale)).toEqual({ status: 'spent' })
    })

    it('that is unknown can be given back', async () => {
      await expect(use().release(phoneCode())).resolves.toBeUndefined()
    })

    it('that a phone settled answers with it, and is not given back', async () => {
      const store = use()
      const { user } = await registered(store)
      const openData = claimOf('ciphertext', { kind: 'open-data' })
      await store.claim(phoneCode(), now, stale)
      await store.claim(openData, now, stale)
      const input = phoneOf(user.id, '+8613800000001', { claims: [phoneCode(), openData] })
      await store.recordPhone(input)
      const done = { status: 'done', phoneId: input.phone.id, change: 'bound' }
      expect(await store.claim(phoneCode(), now + 10 * stale, stale)).toEqual(done)
      expect(await store.claim(openData, now, stale)).toEqual(done)
      expect(await store.claim(rival(), now, stale)).toEqual({ status: 'spent' })
      await store.release(phoneCode())
      expect(await store.claim(phoneCode(), now, stale)).toEqual(done)
    })

    it('answers with what came of it: a number that replaced another, or the number there was', async () => {
      const store = use()
      const { user } = await registered(store)
      const first = phoneOf(user.id, '+8613800000001')
      await store.recordPhone(first)
      const same = claimOf('same number', { kind: 'phone-code' })
      const other = claimOf('other number', { kind: 'phone-code' })
      for (const claim of [same, other]) await store.claim(claim, now, stale)
      await store.recordPhone(phoneOf(user.id, '+8613800000001', { claims: [same] }))
      const second = phoneOf(user.id, '+8613800000002', { claims: [other] })
      await store.recordPhone(second)
      const answer = { status: 'done', phoneId: first.phone.id, change: 'unchanged' }
      expect(await store.claim(same, now, stale)).toEqual(answer)
      expect(await store.claim(other, now, stale)).toEqual({ ...answer, phoneId: second.phone.id, change: 'replaced' })
    })

    it('keeps the answer that settled it first', async () => {
      const store = use()
      const { user } = await registered(store)
      await store.claim(phoneCode(), now, stale)
      const first = phoneOf(user.id, '+8613800000001', { claims: [phoneCode()] })
      await store.recordPhone(first)
      await store.recordPhone(phoneOf(user.id, '+8613800000002', { claims: [phoneCode()] }))
      const done = { status: 'done', phoneId: first.phone.id, change: 'bound' }
      expect(await store.claim(phoneCode(), now, stale)).toEqual(done)
    })

    it('that nobody made is found by nobody, and one that was made by what came of it', async () => {
      const store = use()
      expect(await store.findSpent(phoneCode())).toBeNull()
      await store.claim(phoneCode(), now, stale)
      expect(await store.findSpent(phoneCode())).toEqual({ status: 'pending' })
      expect(await store.findSpent(rival())).toEqual({ status: 'spent' })
      await store.release(phoneCode())
      expect(await store.findSpent(phoneCode())).toBeNull()
    })

    it('can be made and settled by the phone that spends it', async () => {
      const store = use()
      const { user } = await registered(store)
      const spends = claimOf('ciphertext', { kind: 'open-data' })
      const input = phoneOf(user.id, '+8613800000001', { spends })
      await store.recordPhone(input)
      const done = { status: 'done', phoneId: input.phone.id, change: 'bound' }
      expect(await store.findSpent(spends)).toEqual(done)
      expect(await store.claim(spends, now + 10 * stale, stale)).toEqual(done)
      const other = { ...spends, attempt: bytes('another nonce') }
      for (const [again, found] of [
        [spends, done],
        [other, { status: 'spent' }],
      ] as const) {
        const second = phoneOf(user.id, '+8613800000002', { spends: again })
        expect(await store.recordPhone(second)).toEqual({ status: 'spent-before', found })
      }
      expect(await store.phonesOf(user.id)).toHaveLength(1)
    })

    it('that a phone would spend stays free when nothing is written', async () => {
      const store = use()
      const spends = claimOf('ciphertext', { kind: 'open-data' })
      const gone = await store.recordPhone(phoneOf(newId(), '+8613800000001', { spends }))
      expect(gone).toEqual({ status: 'user-gone' })
      expect(await store.findSpent(spends)).toBeNull()
    })

    it('is spent by one of any number of phones, also of different users', async () => {
      const store = use()
      const users = await Promise.all([1, 2, 3, 4].map(() => registered(store)))
      const spends = claimOf('ciphertext', { kind: 'open-data' })
      const outcomes = await race(32, index => {
        const attempt = bytes(`nonce ${index % 4}`)
        const userId = users[index % 4]?.user.id ?? ''
        return store.recordPhone(phoneOf(userId, '+8613800000001', { spends: { ...spends, attempt } }))
      })
      expect(countOf(outcomes, 'bound')).toBe(1)
      expect(countOf(outcomes, 'spent-before')).toBe(31)
    })

    it('of a login code that a login spent is spent', async () => {
      const store = use()
      const login = await registered(store)
      expect(await store.claim(login.claim, now, stale)).toEqual({ status: 'spent' })
      await store.release(login.claim)
      expect((await store.findClaimedLogin({ appId, hash: login.claim.hash }))?.login.id).toBe(login.loginId)
    })
  })
}
