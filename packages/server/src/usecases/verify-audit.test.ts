import { sha256Hex } from '@weapp-auth/protocol/wechat'
import { describe, expect, test } from 'vitest'
import { type AuditEntry, auditStart, canonicalAudit } from '../domain/audit-entry.ts'
import type { AuditReader } from '../ports/audit-store.ts'
import { createMemoryStore } from '../stores/memory/index.ts'
import { entriesOf, verifyAudit } from './verify-audit.ts'

const lines = 1200

/** A log as its store holds it, to be changed at will. */
async function written() {
  const store = createMemoryStore()
  const base = { actor: 'user', act: 'user-erased', appId: null } as const
  for (let index = 1; index <= lines; index += 1)
    await store.appendAudit({ ...base, at: index, subject: `u${index}`, details: { index } })
  const entries: AuditEntry[] = []
  for await (const entry of entriesOf(store)) entries.push(entry)
  return { entries, head: await store.auditHead() }
}

const log = await written()
type Log = typeof log

function reader({ entries, head }: Log): AuditReader {
  return {
    auditHead: async () => head,
    auditAfter: async (seq, limit) => entries.filter(entry => entry.seq > seq).slice(0, limit),
  }
}

function entryAt(seq: number): AuditEntry {
  const entry = log.entries[seq - 1]
  if (!entry) throw new Error(`no line ${seq}`)
  return entry
}

/** Another entry in the place of `seq`, its hash made anew. */
function forged(seq: number, fields: Partial<AuditEntry> = {}): AuditEntry {
  const entry = { ...entryAt(seq), ...fields }
  return { ...entry, hash: sha256Hex(canonicalAudit(entry)) }
}

const without = (seq: number) => ({ ...log, entries: log.entries.filter(entry => entry.seq !== seq) })
const withEntry = (seq: number, entry: AuditEntry) => ({
  ...log,
  entries: log.entries.map(one => (one.seq === seq ? entry : one)),
})

/** Somebody with the database and time: everything from `seq` on is computed anew. */
function rewritten(seq: number): Log {
  const entries = log.entries.slice(0, seq - 1)
  for (const { seq: at } of log.entries.slice(seq - 1))
    entries.push(forged(at, { subject: 'somebody else', previous: entries.at(-1)?.hash ?? auditStart.hash }))
  const { hash } = entries.at(-1) ?? auditStart
  return { entries, head: { seq: lines, hash } }
}

test('an empty log is intact, and one that was written by the store', async () => {
  expect(await verifyAudit(createMemoryStore())).toEqual({ status: 'intact', head: auditStart })
  expect(await verifyAudit(reader(log))).toEqual({ status: 'intact', head: log.head })
  const { seq, hash } = entryAt(700)
  expect(await verifyAudit(reader(log), { seq, hash })).toEqual({ status: 'intact', head: log.head })
})

describe('the first line that is not as it was written is named', () => {
  test.each<[string, Log, number, string]>([
    ['removed', without(700), 700, 'missing'],
    ['the first removed', without(1), 1, 'missing'],
    ['changed', withEntry(700, { ...entryAt(700), subject: 'somebody else' }), 700, 'changed'],
    ['changed with its hash', withEntry(700, forged(700, { at: 0 })), 701, 'unlinked'],
    ['put in the place of another', withEntry(700, { ...entryAt(701), seq: 700 }), 700, 'unlinked'],
    ['the last removed', without(lines), lines, 'truncated'],
    ['all removed', { ...log, entries: [] }, 1, 'truncated'],
    ['changed with its hash, the last', withEntry(lines, forged(lines, { at: 0 })), lines, 'not-anchored'],
    ['the head removed', { ...log, head: { seq: 0, hash: '' } }, 0, 'not-anchored'],
    ['the head moved back', { ...log, head: { seq: 700, hash: entryAt(700).hash } }, 701, 'unlinked'],
  ])('%s', async (_, broken, seq, flaw) => {
    expect(await verifyAudit(reader(broken))).toEqual({ status: 'broken', seq, flaw })
  })

  test('whatever field is changed', async () => {
    const others = { at: 0, actor: 'server', act: 'x', appId: 'x', subject: null, details: '{}' } as const
    for (const [field, value] of Object.entries(others)) {
      const broken = withEntry(3, { ...entryAt(3), [field]: value })
      expect(await verifyAudit(reader(broken))).toEqual({ status: 'broken', seq: 3, flaw: 'changed' })
    }
  })
})

test('a chain that was computed anew, and a tail that was cut with its head, need an anchor kept elsewhere', async () => {
  const { seq, hash } = entryAt(700)
  const anew = reader(rewritten(600))
  expect((await verifyAudit(anew)).status).toBe('intact')
  expect(await verifyAudit(anew, { seq, hash })).toEqual({ status: 'broken', seq: 700, flaw: 'not-anchored' })
  const end = entryAt(650)
  const cut = reader({ entries: log.entries.slice(0, 650), head: { seq: 650, hash: end.hash } })
  expect((await verifyAudit(cut)).status).toBe('intact')
  expect(await verifyAudit(cut, { seq, hash })).toEqual({ status: 'broken', seq: 651, flaw: 'truncated' })
})

test('lines that are written while it is read are no flaw', async () => {
  const store = createMemoryStore()
  const add = () => store.appendAudit({ at: 1, actor: 'user', act: 'x', appId: null, subject: null, details: {} })
  await add()
  const busy: AuditReader = {
    auditHead: store.auditHead,
    async auditAfter(seq, limit) {
      if (seq === 0) await add()
      return store.auditAfter(seq, limit)
    },
  }
  expect(await verifyAudit(busy)).toMatchObject({ status: 'intact', head: { seq: 2 } })
})
