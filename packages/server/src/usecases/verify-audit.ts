import { sha256Hex } from '@weapp-auth/protocol/wechat'
import { type AuditAnchor, type AuditEntry, auditStart, canonicalAudit } from '../domain/audit-entry.ts'
import type { AuditReader } from '../ports/audit-store.ts'

/**
 * What is wrong at a line: `missing`: it is not there, and later ones are; `unlinked`: it does not follow from the line
 * before (moved, or that one was rewritten); `changed`: its hash is not that of its fields; `truncated`: it and all behind
 * it are gone; `not-anchored`: the whole chain up to it is another one than when the anchor was taken.
 */
export type AuditFlaw = 'missing' | 'unlinked' | 'changed' | 'truncated' | 'not-anchored'

export type AuditVerdict =
  /** `head`: an anchor for the next time; keep it where whoever can write the database cannot. */
  | { readonly status: 'intact'; readonly head: AuditAnchor }
  /** The first line that is not as it was written. */
  | { readonly status: 'broken'; readonly seq: number; readonly flaw: AuditFlaw }

const page = 500

/**
 * Walks the audit log from its first line to its head. Without an anchor it finds what somebody changed who did not
 * compute all hashes anew; with one, everything up to there.
 *
 * @throws StorageFault
 *
 * @example
 * const verdict = await verifyAudit(store, { seq: 120, hash: 'f0…' })
 * if (verdict.status === 'broken') console.error(verdict.seq, verdict.flaw)
 */
export async function verifyAudit(store: AuditReader, anchor: AuditAnchor = auditStart): Promise<AuditVerdict> {
  // Asked first: lines that are written meanwhile come behind it.
  const remembered = await store.auditHead()
  const anchors = [anchor, remembered]
  let head = auditStart
  for await (const entry of entriesOf(store)) {
    const flaw = flawOf(entry, head) ?? (isOff(entry, anchors) ? 'not-anchored' : null)
    if (flaw !== null) return { status: 'broken', seq: flaw === 'missing' ? head.seq + 1 : entry.seq, flaw }
    head = { seq: entry.seq, hash: entry.hash }
  }
  const last = Math.max(anchor.seq, remembered.seq)
  if (head.seq < last) return { status: 'broken', seq: head.seq + 1, flaw: 'truncated' }
  if (isOff(auditStart, anchors)) return { status: 'broken', seq: 0, flaw: 'not-anchored' }
  // Lines behind the remembered head that no writer of ours left there.
  const behind = head.seq > remembered.seq && (await store.auditHead()).seq < head.seq
  return behind ? { status: 'broken', seq: remembered.seq + 1, flaw: 'unlinked' } : { status: 'intact', head }
}

/** Every line, the oldest first, read in pages. */
export async function* entriesOf(store: AuditReader): AsyncGenerator<AuditEntry> {
  let after = 0
  for (;;) {
    const entries = await store.auditAfter(after, page)
    yield* entries
    const last = entries.at(-1)
    if (last === undefined) return
    after = last.seq
  }
}

/** What is wrong with a line that should follow from `before`; `null` when nothing is. */
export function flawOf(entry: AuditEntry, before: AuditAnchor): AuditFlaw | null {
  if (entry.seq !== before.seq + 1) return 'missing'
  if (entry.previous !== before.hash) return 'unlinked'
  return sha256Hex(canonicalAudit(entry)) === entry.hash ? null : 'changed'
}

function isOff(entry: AuditAnchor, anchors: readonly AuditAnchor[]): boolean {
  return anchors.some(({ seq, hash }) => seq === entry.seq && hash !== entry.hash)
}
