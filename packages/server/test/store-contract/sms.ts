import { describe, expect, it } from 'vitest'
import type { OpenSms, TrySmsCode } from '../../src/ports/sms-store.ts'
import {
  appId,
  bytes,
  claimOf,
  countOf,
  minute,
  newId,
  now,
  phoneOf,
  race,
  registered,
  rounds,
  type UseStore,
} from './subject.ts'

const mostWrong = 5

function opening(overrides: Partial<OpenSms> = {}): OpenSms {
  const id = newId()
  return {
    sms: {
      id,
      appId,
      userId: newId(),
      sealedNumber: bytes(`number for ${id}`),
      countryCode: '86',
      openedAt: now,
      expiresAt: now + 5 * minute,
    },
    attempt: bytes(`nonce of ${id}`),
    codeHash: bytes('123456'),
    until: now + 60 * minute,
    budgets: [],
    ...overrides,
  }
}

function guess(smsId: string, code: string, nonce = 'nonce', overrides: Partial<TrySmsCode> = {}): TrySmsCode {
  const claim = claimOf(smsId, { kind: 'sms-code', attempt: bytes(`${nonce} ${code}`) })
  return { smsId, now, codeHashes: [bytes(code)], mostWrong, claim, staleAfterMs: 15_000, ...overrides }
}

export function smsContract(use: UseStore): void {
  describe('a message, which holds a number,', () => {
    const openedFor = async (store: ReturnType<UseStore>, userId: string) => {
      const one = opening()
      await store.openSms({ ...one, sms: { ...one.sms, userId } })
      return one.sms.id
    }

    it('goes with its user, and nobody else’s does', async () => {
      const store = use()
      const [one, other] = [await registered(store), await registered(store)]
      const [gone, kept] = [await openedFor(store, one.user.id), await openedFor(store, other.user.id)]
      await store.eraseUser({ now, userId: one.user.id, attempt: bytes('nonce') })
      expect(await store.findSms(gone)).toBeNull()
      expect(await store.trySmsCode(guess(gone, '123456'))).toEqual({ status: 'over' })
      expect(await store.findSms(kept)).not.toBeNull()
    })

    it.each(['phone', 'privacy', 'profile'] as const)('goes when the user withdraws: %s', async scope => {
      const store = use()
      const { user } = await registered(store)
      const id = await openedFor(store, user.id)
      await store.withdrawConsent({ now, userId: user.id, appId, scope, attempt: bytes(id) })
      expect((await store.findSms(id)) === null).toBe(scope !== 'profile')
    })
  })

  describe('a message', () => {
    it('is opened for one of any number of callers of one attempt, and found by the others', async () => {
      const store = use()
      for (let round = 0; round < rounds; round += 1) {
        const budgets = [{ name: bytes(`round ${round}`), limit: 10, until: now + minute }]
        const attempt = bytes(`attempt ${round}`)
        const outcomes = await race(16, () => store.openSms(opening({ attempt, budgets })))
        expect(countOf(outcomes, 'opened')).toBe(1)
        expect(countOf(outcomes, 'same-attempt')).toBe(15)
        expect(await store.spendBudgets(budgets, now)).toEqual({ status: 'spent', used: [2] })
      }
    })

    it('is opened exactly as often as its budgets allow', async () => {
      const store = use()
      const budgets = [{ name: bytes('of the app'), limit: 7, until: now + minute }]
      const outcomes = await race(32, () => store.openSms(opening({ budgets })))
      expect(countOf(outcomes, 'opened')).toBe(7)
      expect(outcomes.filter(outcome => outcome.status !== 'opened')).toEqual(
        Array.from({ length: 25 }, () => ({ status: 'limited', until: now + minute })),
      )
    })

    it('is not there when a budget refused it', async () => {
      const store = use()
      const refused = opening({ budgets: [{ name: bytes('nothing'), limit: 0, until: now + minute }] })
      await store.openSms(refused)
      expect(await store.findSms(refused.sms.id)).toBeNull()
    })

    it('is found as it was opened, and once it is sent, with its time', async () => {
      const store = use()
      const { sms, ...rest } = opening()
      await store.openSms({ sms, ...rest })
      expect(await store.findSms(sms.id)).toEqual({ ...sms, sentAt: null })
      await store.markSmsSent(sms.id, now + 1)
      await store.markSmsSent(sms.id, now + 2)
      expect(await store.findSms(sms.id)).toEqual({ ...sms, sentAt: now + 1 })
      expect(await store.openSms({ sms, ...rest })).toEqual({
        status: 'same-attempt',
        sms: { ...sms, sentAt: now + 1 },
      })
      expect(await store.findSms(newId())).toBeNull()
    })

    it('that was dropped gives its budgets back and lets its attempt begin again', async () => {
      const store = use()
      const input = opening({ budgets: [{ name: bytes('one'), limit: 1, until: now + minute }] })
      await store.openSms(input)
      await race(8, () => store.dropSms(input.sms.id, input.budgets))
      expect(await store.findSms(input.sms.id)).toBeNull()
      expect(await store.openSms(input)).toEqual({ status: 'opened', used: [1] })
    })

    it('that was sent is not dropped', async () => {
      const store = use()
      const input = opening({ budgets: [{ name: bytes('one'), limit: 1, until: now + minute }] })
      await store.openSms(input)
      await store.markSmsSent(input.sms.id, now)
      await store.dropSms(input.sms.id, input.budgets)
      expect(await store.findSms(input.sms.id)).not.toBeNull()
      expect((await store.spendBudgets(input.budgets, now)).status).toBe('refused')
    })

    it('is forgotten after its time', async () => {
      const store = use()
      const { sms, ...rest } = opening()
      await store.openSms({ sms, ...rest })
      expect(await store.sweep(now + 60 * minute - 1)).toBe(0)
      expect(await store.sweep(now + 60 * minute)).toBe(1)
      expect(await store.findSms(sms.id)).toBeNull()
    })
  })

  describe('the code of a message', () => {
    it('is claimed by one of any number of attempts', async () => {
      const store = use()
      for (let round = 0; round < rounds; round += 1) {
        const input = opening()
        await store.openSms(input)
        const outcomes = await race(16, index => store.trySmsCode(guess(input.sms.id, '123456', `nonce ${index}`)))
        const claims = outcomes.map(outcome => (outcome.status === 'right' ? outcome.claim.status : outcome.status))
        expect(claims.filter(status => status === 'claimed')).toHaveLength(1)
        expect(claims.filter(status => status === 'spent')).toHaveLength(15)
      }
    })

    it('is compared with exactly as many wrong ones as are allowed, by any number of callers', async () => {
      const store = use()
      for (let round = 0; round < rounds; round += 1) {
        const input = opening()
        await store.openSms(input)
        const outcomes = await race(16, index => store.trySmsCode(guess(input.sms.id, `${index}`)))
        const left = outcomes.flatMap(outcome => (outcome.status === 'wrong' ? outcome.attemptsLeft : []))
        expect([...left].sort((a, b) => b - a)).toEqual([4, 3, 2, 1, 0])
        expect(countOf(outcomes, 'over')).toBe(11)
        expect(await store.trySmsCode(guess(input.sms.id, '123456'))).toEqual({ status: 'over' })
      }
    })

    it('counts a repeated wrong attempt once, and the same nonce with another code as another attempt', async () => {
      const store = use()
      const { sms, ...rest } = opening()
      await store.openSms({ sms, ...rest })
      const outcomes = await race(8, () => store.trySmsCode(guess(sms.id, '000000')))
      expect(outcomes).toEqual(outcomes.map(() => ({ status: 'wrong', attemptsLeft: 4 })))
      expect(await store.trySmsCode(guess(sms.id, '000001'))).toEqual({ status: 'wrong', attemptsLeft: 3 })
    })

    it('is right after wrong ones, as long as some are left', async () => {
      const store = use()
      const { sms, ...rest } = opening()
      await store.openSms({ sms, ...rest })
      for (let wrong = 0; wrong < mostWrong - 1; wrong += 1) await store.trySmsCode(guess(sms.id, `${wrong}`))
      expect(await store.trySmsCode(guess(sms.id, '123456'))).toEqual({
        status: 'right',
        claim: { status: 'claimed' },
      })
    })

    it('ends with its time, to the millisecond', async () => {
      const store = use()
      const { sms, ...rest } = opening()
      await store.openSms({ sms, ...rest })
      expect(await store.trySmsCode(guess(sms.id, '123456', 'late', { now: sms.expiresAt }))).toEqual({
        status: 'over',
      })
      const inTime = guess(sms.id, '123456', 'in time', { now: sms.expiresAt - 1 })
      expect((await store.trySmsCode(inTime)).status).toBe('right')
    })

    it('of no message is over', async () => {
      expect(await use().trySmsCode(guess(newId(), '123456'))).toEqual({ status: 'over' })
    })

    it('answers the attempt that took it with its phone, even after its time', async () => {
      const store = use()
      const { user } = await registered(store)
      const { sms, ...rest } = opening()
      await store.openSms({ sms, ...rest })
      const right = guess(sms.id, '123456')
      await store.trySmsCode(right)
      const base = phoneOf(user.id, '+8613800000001', { claims: [right.claim] })
      await store.recordPhone({ ...base, phone: { ...base.phone, source: 'sms' } })
      expect(await store.currentPhone(user.id)).toMatchObject({ id: base.phone.id, source: 'sms' })
      expect(await store.trySmsCode({ ...right, now: now + 30 * minute })).toEqual({
        status: 'right',
        claim: { status: 'done', phoneId: base.phone.id, change: 'bound' },
      })
    })

    it('that was given back can be taken again', async () => {
      const store = use()
      const { sms, ...rest } = opening()
      await store.openSms({ sms, ...rest })
      const right = guess(sms.id, '123456')
      await store.trySmsCode(right)
      await store.release(right.claim)
      const again = await store.trySmsCode(guess(sms.id, '123456', 'another nonce'))
      expect(again).toEqual({ status: 'right', claim: { status: 'claimed' } })
    })
  })
}
