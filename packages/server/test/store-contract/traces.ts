import { describe, expect, it } from 'vitest'
import { limits } from '../../src/domain/limits.ts'
import type { RequestTrace } from '../../src/ports/trace-store.ts'
import { appId, bytes, minute, newId, now, race, registered, rounds, type UseStore } from './subject.ts'

function traceOf(overrides: Partial<RequestTrace> = {}): RequestTrace {
  const step = { afterMs: 3, type: 'wechat', facts: { api: 'codeToSession', outcome: 'code-invalid', tookMs: 2 } }
  return {
    id: newId(),
    requestId: 'request-1',
    at: now,
    tookMs: 12,
    appId,
    userId: null,
    method: 'POST',
    route: '/v1/login',
    status: 401,
    code: 'code_invalid',
    errcode: 40029,
    rid: '6129ee10-272863a4-64d75414',
    steps: [step],
    until: now + limits.failedTrace,
    ...overrides,
  }
}

export function tracesContract(use: UseStore): void {
  describe('traces of requests', () => {
    it('are found by request, by call of WeChat, by user, and by failure, the newest first', async () => {
      const store = use()
      const { id: userId } = (await registered(store)).user
      const first = traceOf()
      const second = traceOf({ userId, rid: null, errcode: -1 })
      const fine = traceOf({ requestId: 'request-2', userId, status: 200, code: null, errcode: null, rid: null })
      const bare = traceOf({ requestId: 'request-3', appId: null, status: 502, rid: null, steps: [] })
      await store.addTraces([])
      await store.addTraces([first, second, fine])
      await store.addTraces([bare])
      expect(await store.tracesOf({ by: 'request', value: 'request-1' })).toEqual([second, first])
      expect(await store.tracesOf({ by: 'rid', value: first.rid ?? '' })).toEqual([first])
      expect(await store.tracesOf({ by: 'user', value: userId })).toEqual([fine, second])
      expect(await store.tracesOf({ by: 'failure' })).toEqual([bare, second, first])
      expect(await store.tracesOf({ by: 'request', value: 'REQUEST-1' })).toEqual([])
    })

    it('come in pages', async () => {
      const store = use()
      const rows = Array.from({ length: 5 }, () => traceOf())
      await store.addTraces(rows)
      const newest = rows.map(({ id }) => id).reverse()
      const page = await store.tracesOf({ by: 'failure' }, { limit: 2 })
      expect(page.map(({ id }) => id)).toEqual(newest.slice(0, 2))
      const rest = await store.tracesOf({ by: 'failure' }, { after: newest[1] ?? null, limit: 9 })
      expect(rest.map(({ id }) => id)).toEqual(newest.slice(2))
    })

    it('that are written again stay as they are', async () => {
      const store = use()
      const trace = traceOf()
      await store.addTraces([trace])
      await store.addTraces([{ ...trace, status: 500 }, traceOf({ requestId: 'request-2' })])
      expect(await store.tracesOf({ by: 'request', value: 'request-1' })).toEqual([trace])
      expect(await store.tracesOf({ by: 'failure' })).toHaveLength(2)
    })

    it('name nobody who is gone, and nobody who was never there', async () => {
      const store = use()
      const [one, other] = [(await registered(store)).user.id, (await registered(store)).user.id]
      const traces = [one, other, newId()].map(userId => traceOf({ userId }))
      await store.addTraces(traces)
      await store.eraseUser({ now, userId: one, attempt: bytes('erasure') })
      await store.addTraces([traceOf({ userId: one }), traceOf({ userId: other })])
      const users = (await store.tracesOf({ by: 'failure' })).map(({ userId }) => userId)
      expect(users).toEqual([other, null, null, other, null])
      expect(await store.tracesOf({ by: 'user', value: one })).toEqual([])
    })

    it('lose the name of a user who was merged', async () => {
      const store = use()
      const [survivor, merged] = [await registered(store), await registered(store)]
      await store.addTraces([traceOf({ userId: merged.user.id }), traceOf({ userId: survivor.user.id })])
      const { status } = await store.mergeUsers({
        now,
        mergeId: newId(),
        survivorId: survivor.user.id,
        mergedId: merged.user.id,
        attempt: bytes('merge'),
        undoUntil: now + minute,
        sessions: null,
        phones: [],
        nickname: null,
        audit: { at: now, actor: 'operator', act: 'users-merged', appId: null, subject: survivor.user.id, details: {} },
      })
      expect(status).toBe('merged')
      expect((await store.tracesOf({ by: 'failure' })).map(({ userId }) => userId)).toEqual([survivor.user.id, null])
    })

    it('written while their user is erased name nobody afterwards', async () => {
      for (let round = 0; round < rounds; round += 1) {
        const store = use()
        const { id: userId } = (await registered(store)).user
        await race(8, async index => {
          if (index === 3) await store.eraseUser({ now, userId, attempt: bytes(`erasure ${round}`) })
          else await store.addTraces([traceOf({ userId }), traceOf({ userId })])
        })
        expect(await store.tracesOf({ by: 'user', value: userId })).toEqual([])
      }
    })

    it('are swept when their time is over', async () => {
      const store = use()
      const [failed, fine] = [traceOf(), traceOf({ status: 200, until: now + limits.fineTrace })]
      await store.addTraces([failed, fine])
      expect(await store.sweep(now + limits.fineTrace - 1)).toBe(0)
      expect(await store.sweep(now + limits.fineTrace)).toBe(1)
      expect(await store.tracesOf({ by: 'request', value: 'request-1' })).toEqual([failed])
      expect(await store.sweep(failed.until)).toBeGreaterThanOrEqual(1)
      expect(await store.tracesOf({ by: 'failure' })).toEqual([])
    })
  })
}
