import { describe, expect, it } from 'vitest'
import type { EndSessionsOf } from '../../src/ports/session-store.ts'
import type { RotateSession } from '../../src/ports/store.ts'
import {
  againOf,
  bytes,
  countOf,
  keyOf,
  loginOf,
  minute,
  newId,
  now,
  race,
  registered,
  rounds,
  type Subject,
  type UseStore,
} from './subject.ts'

async function sessionOf(store: Subject): Promise<string> {
  return (await registered(store)).session.id
}

function rotation(sessionId: string, counter: number, nonce: string, at = now): RotateSession {
  return { sessionId, counter, attempt: bytes(nonce), now: at, idleUntil: at + 10 * minute }
}

export function sessionsContract(use: UseStore): void {
  describe('rotation', () => {
    it('counts up and moves the idle limit', async () => {
      const store = use()
      const id = await sessionOf(store)
      const outcome = await store.rotateSession(rotation(id, 0, 'a', now + minute))
      expect(outcome).toMatchObject({ status: 'rotated', session: { id, counter: 1, idleUntil: now + 11 * minute } })
      expect(await store.findSession(id)).toMatchObject({ counter: 1, idleUntil: now + 11 * minute, endedAt: null })
      expect(await store.rotateSession(rotation(id, 1, 'b'))).toMatchObject({ session: { counter: 2 } })
    })

    it('answers a lost answer again, until its token is used', async () => {
      const store = use()
      const id = await sessionOf(store)
      await store.rotateSession(rotation(id, 0, 'a'))
      const again = await store.rotateSession(rotation(id, 0, 'a', now + 5 * minute))
      expect(again).toMatchObject({ status: 'same-attempt', session: { counter: 1, idleUntil: now + 10 * minute } })
      await store.rotateSession(rotation(id, 1, 'b'))
      expect(await store.rotateSession(rotation(id, 0, 'a'))).toMatchObject({ status: 'reused' })
    })

    it.each([
      ['the previous token with another nonce', 1, 'thief'],
      ['an older token', 0, 'thief'],
      ['an older token with the nonce of the previous one', 0, 'b'],
      ['a token that was never given', 7, 'b'],
    ])('ends the session for %s', async (_, counter, nonce) => {
      const store = use()
      const id = await sessionOf(store)
      await store.rotateSession(rotation(id, 0, 'a'))
      await store.rotateSession(rotation(id, 1, 'b'))
      const reused = await store.rotateSession(rotation(id, counter, nonce, now + 1))
      expect(reused).toMatchObject({ status: 'reused', session: { id, counter: 2, endedAt: now + 1 } })
      expect((await store.findSession(id))?.endedAt).toBe(now + 1)
      expect(await store.rotateSession(rotation(id, 2, 'c'))).toEqual({ status: 'ended' })
      expect(await store.rotateSession(rotation(id, 1, 'b'))).toEqual({ status: 'ended' })
      expect(await store.endSession(id, now, 'logout')).toBe(false)
    })

    it('erases the session_key with the session it ends', async () => {
      const store = use()
      const login = await registered(store, { sessionKey: keyOf('key') })
      await store.rotateSession(rotation(login.session.id, 5, 'thief'))
      expect((await store.sessionKeysOf(login.loginId, 0)).map(({ sealed }) => sealed)).toEqual([null])
    })

    it('stops at the idle limit and at the absolute limit', async () => {
      const store = use()
      const idle = await sessionOf(store)
      expect(await store.rotateSession(rotation(idle, 0, 'a', now + 10 * minute))).toEqual({ status: 'ended' })
      const busy = await sessionOf(store)
      for (let counter = 0; counter < 7; counter += 1) {
        const outcome = await store.rotateSession(rotation(busy, counter, 'a', now + (counter + 1) * 9 * minute - 1))
        expect(outcome.status).toBe(counter < 6 ? 'rotated' : 'ended')
      }
      expect((await store.findSession(busy))?.endedAt).toBeNull()
    })

    it('stops at the absolute limit also when the idle limit lies beyond it', async () => {
      const store = use()
      const login = loginOf('open-1')
      const session = { ...login.session, idleUntil: now + 20 * minute, absoluteUntil: now + 10 * minute }
      await store.recordLogin({ ...login, session })
      expect(await store.rotateSession(rotation(session.id, 0, 'a', session.absoluteUntil))).toEqual({
        status: 'ended',
      })
      expect((await store.rotateSession(rotation(session.id, 0, 'a', session.absoluteUntil - 1))).status).toBe(
        'rotated',
      )
    })

    it('knows no session by a wrong id', async () => {
      expect(await use().rotateSession(rotation(newId(), 0, 'a'))).toEqual({ status: 'ended' })
    })

    it('with one nonce counts once, and answers everybody alike', async () => {
      for (let round = 0; round < rounds; round += 1) {
        const store = use()
        const id = await sessionOf(store)
        const outcomes = await race(64, () => store.rotateSession(rotation(id, 0, 'a')))
        expect(countOf(outcomes, 'rotated')).toBe(1)
        expect(countOf(outcomes, 'same-attempt')).toBe(63)
        expect(outcomes.every(outcome => outcome.status !== 'ended' && outcome.session.counter === 1)).toBe(true)
      }
    })

    it('with different nonces rotates one and ends the session', async () => {
      for (let round = 0; round < rounds; round += 1) {
        const store = use()
        const id = await sessionOf(store)
        const outcomes = await race(16, index => store.rotateSession(rotation(id, 0, `nonce ${index}`)))
        expect(countOf(outcomes, 'rotated')).toBe(1)
        expect(countOf(outcomes, 'reused')).toBe(1)
        expect(countOf(outcomes, 'ended')).toBe(14)
        expect((await store.findSession(id))?.endedAt).toBe(now)
      }
    })
  })

  describe('the end of a session', () => {
    it('comes once', async () => {
      const store = use()
      const id = await sessionOf(store)
      expect(await store.endSession(id, now + 1, 'logout')).toBe(true)
      expect(await store.endSession(id, now + 2, 'logout')).toBe(false)
      expect((await store.findSession(id))?.endedAt).toBe(now + 1)
      expect(await store.endSession(newId(), now, 'logout')).toBe(false)
    })

    it('is brought by one of any number of callers', async () => {
      const store = use()
      const id = await sessionOf(store)
      const outcomes = await race(64, () => store.endSession(id, now, 'logout'))
      expect(outcomes.filter(ended => ended)).toHaveLength(1)
    })

    it('leaves no live session, whichever refresh races it', async () => {
      for (let round = 0; round < rounds; round += 1) {
        const store = use()
        const id = await sessionOf(store)
        const steps = await race<boolean | string>(16, index =>
          index === round % 16
            ? store.endSession(id, now, 'logout')
            : store.rotateSession(rotation(id, 0, 'one nonce')).then(({ status }) => status),
        )
        expect(steps[round % 16]).toBe(true)
        expect((await store.findSession(id))?.endedAt).toBe(now)
        expect(await store.rotateSession(rotation(id, 1, 'after'))).toEqual({ status: 'ended' })
      }
    })
  })
  describe('the sessions of a user', () => {
    it('end one by one, all, or all but one', async () => {
      const store = use()
      const first = await registered(store)
      const others = [againOf(first), againOf(first), againOf(first)]
      for (const login of others) await store.recordLogin(login)
      const ids = [first, ...others].map(({ session }) => session.id)
      const [one, two, three, four] = ids
      const end = (which: EndSessionsOf['which']) =>
        store.endSessionsOf({ userId: first.user.id, now: now + 1, reason: 'user', which })
      expect(await end({ only: one ?? '' })).toEqual([one])
      expect(await end({ only: one ?? '' })).toEqual([])
      expect((await store.findSession(one ?? ''))?.endedAt).toBe(now + 1)
      expect(await end({ except: three ?? '' })).toEqual([two, four].sort())
      expect(await end({ except: null })).toEqual([three])
    })

    it('of somebody else go on', async () => {
      const store = use()
      const [mine, theirs] = [await registered(store), await registered(store)]
      const { id: userId } = mine.user
      const which = { only: theirs.session.id }
      expect(await store.endSessionsOf({ userId, now, reason: 'user', which })).toEqual([])
      await store.endSessionsOf({ userId, now, reason: 'user', which: { except: null } })
      expect((await store.findSession(theirs.session.id))?.endedAt).toBeNull()
    })

    it('are each ended by one of any number of callers', async () => {
      const store = use()
      const first = await registered(store)
      await store.recordLogin(againOf(first))
      const input = { userId: first.user.id, now, reason: 'user', which: { except: null } } as const
      const ended = await race(32, () => store.endSessionsOf(input))
      expect(ended.flat()).toHaveLength(2)
    })

    it('tell their device', async () => {
      const store = use()
      const login = await registered(store)
      expect(await store.findSession(login.session.id)).toMatchObject({ device: 'ios' })
      expect(await store.sessionsOf(login.user.id)).toMatchObject([{ id: login.session.id, device: 'ios' }])
    })

    it('share a session_key that goes with the last of them', async () => {
      const store = use()
      const first = await registered(store, { sessionKey: keyOf('key') })
      const second = againOf(first, { sessionKey: keyOf('key') })
      await store.recordLogin(second)
      const left = async () => (await store.sessionKeysOf(second.loginId, 0)).filter(({ sealed }) => sealed).length
      await store.endSession(first.session.id, now, 'logout')
      expect(await left()).toBe(1)
      await store.endSession(second.session.id, now, 'logout')
      expect(await left()).toBe(0)
    })
  })
}
