import { describe, expect, it } from 'vitest'
import type { AuditDraft } from '../../src/domain/audit-entry.ts'
import {
  againOf,
  countOf,
  loginOf,
  newId,
  now,
  otherAppId,
  race,
  registered,
  rounds,
  type UseStore,
} from './subject.ts'

const audit: AuditDraft = { at: now, actor: 'operator', act: 'user-blocked', appId: null, subject: null, details: {} }
const blockOf = (userId: string, reason = 'ticket 4711') => ({
  userId,
  blockedAt: now,
  blockedBy: 'chen',
  reason,
  audit,
})

export function blocksContract(use: UseStore): void {
  describe('a user who is blocked', () => {
    it('has no session from that moment and cannot log in, until they are let in again', async () => {
      const store = use()
      const login = await registered(store, { unionId: 'union-1' })
      const { id } = login.user
      expect(await store.blockUser(blockOf(id))).toEqual([login.session.id])
      expect(await store.findBlock(id)).toEqual({
        userId: id,
        blockedAt: now,
        blockedBy: 'chen',
        reason: 'ticket 4711',
      })
      expect(await store.recordLogin(againOf(login))).toEqual({ status: 'blocked' })
      const joining = againOf(login, { appId: otherAppId, openId: 'another', unionId: 'union-1' })
      expect(await store.recordLogin(joining)).toEqual({ status: 'blocked' })
      expect(await store.findIdentity(otherAppId, 'another')).toBeNull()
      expect(await store.unblockUser(id, audit)).toBe(true)
      expect(await store.recordLogin(againOf(login))).toEqual({ status: 'recorded' })
      expect(await store.findBlock(id)).toBeNull()
    })

    it('keeps the first reason, and is let in by one of any number of callers', async () => {
      const store = use()
      const { id } = (await registered(store)).user
      await store.blockUser(blockOf(id, 'the first'))
      expect(await store.blockUser(blockOf(id, 'the second'))).toEqual([])
      expect(await store.findBlock(id)).toMatchObject({ reason: 'the first' })
      const unblocked = await race(16, () => store.unblockUser(id, audit))
      expect(unblocked.filter(Boolean)).toHaveLength(1)
      expect((await store.auditHead()).seq).toBe(2)
    })

    it('is somebody: nobody else can be blocked', async () => {
      const store = use()
      expect(await store.blockUser(blockOf(newId()))).toBeNull()
      const { id } = (await registered(store)).user
      await store.eraseUser({ now, userId: id, attempt: new Uint8Array(32) })
      expect(await store.blockUser(blockOf(id))).toBeNull()
      expect(await store.unblockUser(id, audit)).toBe(false)
      expect((await store.auditHead()).seq).toBe(0)
    })

    it('keeps no session of a login at the same moment', async () => {
      for (let round = 0; round < rounds; round += 1) {
        const store = use()
        const login = await registered(store, loginOf(`open-${round}`))
        const { id } = login.user
        const outcomes = await race(6, async index => {
          if (index !== 3) return store.recordLogin(againOf(login))
          await store.blockUser(blockOf(id))
          return { status: 'block' }
        })
        expect(countOf(outcomes, 'recorded') + countOf(outcomes, 'blocked')).toBe(5)
        expect(await store.liveSessionsOf(id, now, 100)).toEqual([])
        expect(await store.recordLogin(againOf(login))).toEqual({ status: 'blocked' })
      }
    })
  })
}
