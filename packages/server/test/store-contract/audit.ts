import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type AuditDraft, auditStart, canonicalAudit } from '../../src/domain/audit-entry.ts'
import { appId, newId, now, race, type UseStore } from './subject.ts'

function draftOf(overrides: Partial<AuditDraft> = {}): AuditDraft {
  return {
    at: now,
    actor: 'user',
    act: 'user-erased',
    appId,
    subject: newId(),
    details: { b: 1, a: ['x'] },
    ...overrides,
  }
}

export function auditContract(use: UseStore): void {
  describe('the audit log', () => {
    it('begins empty', async () => {
      const store = use()
      expect(await store.auditHead()).toEqual(auditStart)
      expect(await store.auditAfter(0, 10)).toEqual([])
    })

    it('links each line to the one before, by a hash that anybody can compute', async () => {
      const store = use()
      const draft = draftOf()
      const first = await store.appendAudit(draft)
      const second = await store.appendAudit(draftOf({ appId: null, subject: null, details: {}, actor: 'server' }))
      expect(first).toMatchObject({ ...draft, seq: 1, details: '{"a":["x"],"b":1}', previous: auditStart.hash })
      expect(second).toMatchObject({ seq: 2, previous: first.hash, details: '{}', subject: null, appId: null })
      for (const entry of [first, second])
        expect(entry.hash).toBe(createHash('sha256').update(canonicalAudit(entry)).digest('hex'))
      expect(await store.auditHead()).toEqual({ seq: 2, hash: second.hash })
      expect(await store.auditAfter(0, 10)).toEqual([first, second])
    })

    it('is read in pages', async () => {
      const store = use()
      await race(5, () => store.appendAudit(draftOf()))
      const seqs = async (after: number) => (await store.auditAfter(after, 2)).map(({ seq }) => seq)
      expect([await seqs(0), await seqs(2), await seqs(4), await seqs(5)]).toEqual([[1, 2], [3, 4], [5], []])
    })

    it('is read from its end too, of all or of one subject', async () => {
      const store = use()
      const subject = newId()
      for (let index = 1; index <= 6; index += 1) await store.appendAudit(draftOf(index % 2 === 0 ? { subject } : {}))
      const seqs = async (before: number | null, of: string | null = null) =>
        (await store.auditBefore({ before, subject: of, limit: 2 })).map(({ seq }) => seq)
      expect([await seqs(null), await seqs(5), await seqs(2), await seqs(1)]).toEqual([[6, 5], [4, 3], [1], []])
      expect([await seqs(null, subject), await seqs(4, subject)]).toEqual([[6, 4], [2]])
      expect(await seqs(null, newId())).toEqual([])
      expect(await store.auditBefore({ before: 3, subject, limit: 9 })).toEqual(await store.auditAfter(1, 1))
    })

    it('does not fork, whoever writes at once', async () => {
      const store = use()
      const entries = await race(64, index => store.appendAudit(draftOf({ details: { index } })))
      const lines = await store.auditAfter(0, 100)
      expect(lines.map(({ seq }) => seq)).toEqual(Array.from({ length: 64 }, (_, index) => index + 1))
      expect(new Set(entries.map(({ hash }) => hash))).toEqual(new Set(lines.map(({ hash }) => hash)))
      for (const [index, { previous }] of lines.entries())
        expect(previous).toBe(lines[index - 1]?.hash ?? auditStart.hash)
    })

    it('is not swept', async () => {
      const store = use()
      await store.appendAudit(draftOf())
      expect(await store.sweep(now * 2)).toBe(0)
      expect(await store.auditAfter(0, 10)).toHaveLength(1)
    })
  })
}
