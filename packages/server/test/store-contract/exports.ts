import { describe, expect, it } from 'vitest'
import type { AuditDraft } from '../../src/domain/audit-entry.ts'
import { limits } from '../../src/domain/limits.ts'
import type { DecideExport, ExportRow } from '../../src/ports/export-store.ts'
import { bytes, minute, newId, now, race, registered, rounds, type UseStore } from './subject.ts'

const audit: AuditDraft = { at: now, actor: 'operator', act: 'export-asked', appId: null, subject: null, details: {} }
const approved = { status: 'approved', until: now + 60 * minute, downloads: 3 } as const
const declined = { status: 'declined' } as const

const askedBy = (name: string): ExportRow => ({
  id: newId(),
  kind: 'users',
  numbers: 'full',
  appId: null,
  from: null,
  to: now,
  reason: '工单 4711',
  askedBy: name,
  askedAt: now,
  status: 'waiting',
  until: now + 10 * minute,
  decidedBy: null,
  decidedAt: null,
  downloadsLeft: 0,
})

export function exportsContract(use: UseStore): void {
  async function asked(name = 'lin'): Promise<ExportRow> {
    const row = askedBy(name)
    await use().addExport(row, audit)
    return row
  }
  const decide = ({ id }: ExportRow, by: string, decision: DecideExport['decision'] = approved, at = now) =>
    use().decideExport({ id, by, now: at, decision, audit })
  const take = ({ id }: ExportRow, by: string, at = now) => use().takeExport({ id, by, now: at, audit })
  const lines = async () => (await use().auditHead()).seq

  describe('an export', () => {
    it('is asked for by one operator, approved by another, and taken as often as there are downloads', async () => {
      const row = await asked()
      expect(await use().findExport(row.id)).toEqual(row)
      expect(await decide(row, 'chen')).toBe(true)
      const open = { ...row, status: 'approved', until: approved.until, decidedBy: 'chen', decidedAt: now }
      expect(await use().findExport(row.id)).toEqual({ ...open, downloadsLeft: 3 })
      for (const expected of [true, true, true, false]) expect(await take(row, 'lin')).toBe(expected)
      expect(await use().findExport(row.id)).toEqual({ ...open, downloadsLeft: 0 })
      // Every step that was taken is a line, and nothing else is.
      expect(await lines()).toBe(5)
    })

    it('is not decided by who asked, not twice, and not when its time is over', async () => {
      const row = await asked()
      expect(await decide(row, 'lin')).toBe(false)
      expect(await decide(row, 'lin', declined)).toBe(false)
      expect(await decide(row, 'chen', approved, row.until)).toBe(false)
      expect(await use().findExport(row.id)).toEqual(row)
      expect(await decide(row, 'chen', declined, row.until - 1)).toBe(true)
      expect(await decide(row, 'wang')).toBe(false)
      expect(await use().findExport(row.id)).toMatchObject({ status: 'declined', decidedBy: 'chen', until: row.until })
      expect(await decide(askedBy('lin'), 'chen')).toBe(false)
      expect(await lines()).toBe(2)
    })

    it('is not taken by anybody else, nor before it is approved, nor when its time is over', async () => {
      const row = await asked()
      expect(await take(row, 'lin')).toBe(false)
      await decide(row, 'chen')
      expect(await take(row, 'chen')).toBe(false)
      expect(await take(row, 'lin', approved.until)).toBe(false)
      expect(await take(row, 'lin', approved.until - 1)).toBe(true)
      expect(await take(askedBy('lin'), 'lin')).toBe(false)
      expect(await lines()).toBe(3)
    })

    it('is decided by exactly one of those who approve and decline at once, and taken no more often than allowed', async () => {
      for (let round = 0; round < rounds; round += 1) {
        const before = await lines()
        const row = await asked()
        const outcomes = await race(8, at => decide(row, `admin-${at}`, at % 2 === 0 ? approved : declined))
        expect(outcomes.filter(Boolean)).toHaveLength(1)
        const winner = outcomes.indexOf(true)
        expect(await use().findExport(row.id)).toMatchObject({
          status: winner % 2 === 0 ? 'approved' : 'declined',
          decidedBy: `admin-${winner}`,
        })
        const taken = (await race(8, () => take(row, 'lin'))).filter(Boolean)
        expect(taken).toHaveLength(winner % 2 === 0 ? 3 : 0)
        expect(await lines()).toBe(before + 2 + taken.length)
      }
    })

    it('is listed the newest first, a page at a time, until it is old', async () => {
      const rows = [await asked(), await asked('chen'), await asked()]
      const ids = (list: readonly ExportRow[]) => list.map(({ id }) => id)
      expect(ids(await use().listExports(null, 2))).toEqual([rows[2]?.id, rows[1]?.id])
      expect(ids(await use().listExports(rows[1]?.id ?? '', 2))).toEqual([rows[0]?.id])
      expect(await use().findExport(newId())).toBeNull()
      const until = now + 10 * minute + limits.exportListed
      expect(await use().sweep(until - 1)).toBe(0)
      expect(await use().sweep(until)).toBe(3)
      expect(await use().listExports(null, 2)).toEqual([])
    })
  })

  describe('the consents of everybody', () => {
    it('are read line by line, the oldest first', async () => {
      const [lin, mo] = [(await registered(use())).user.id, (await registered(use())).user.id]
      const consent = { now, appId: 'wx1', scope: 'phone', textHash: null } as const
      for (const [userId, version] of [[lin, 'v1'] as const, [mo, 'v1'] as const, [lin, 'v2'] as const])
        await use().recordConsent({ ...consent, userId, version, attempt: bytes(`${userId} ${version}`) })
      const first = await use().consentLinesAfter(0, 2)
      const rest = await use().consentLinesAfter(first.at(-1)?.row ?? 0, 2)
      expect([...first, ...rest].map(({ userId, version, status, at }) => [userId, version, status, at])).toEqual([
        [lin, 'v1', 'given', now],
        [mo, 'v1', 'given', now],
        [lin, 'v2', 'given', now],
      ])
      expect(await use().consentLinesAfter(rest.at(-1)?.row ?? 0, 2)).toEqual([])
    })
  })
}
