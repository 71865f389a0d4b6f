import type { Clock } from '../ports/clock.ts'
import {
  type TransferMark,
  type TransferRecord,
  type TransferSource,
  type TransferTarget,
  transferStart,
} from '../ports/transfer-side.ts'
import { type AuditFlaw, verifyAudit } from '../usecases/verify-audit.ts'
import { markAfter } from './hash-rows.ts'

export interface TransferOptions {
  readonly source: TransferSource
  readonly target: TransferTarget
  /** Is told after each batch. Default: nobody. */
  readonly observe?: (progress: TransferProgress) => void
  readonly clock?: Clock
  /** Ends it between two batches, with the reason of the signal; the next call goes on. Default: nothing does. */
  readonly signal?: AbortSignal
}

export interface TransferProgress {
  /** `check`: both sides are read again. */
  readonly phase: 'copy' | 'check'
  readonly table: string
  /** Rows of the table that are done, of all that it has. */
  readonly rows: number
  readonly of: number
}

export interface TransferredRows {
  readonly table: string
  readonly rows: number
  /** SHA-256 over all rows; equal for equal data in any database. */
  readonly hash: string
}

export type TransferOutcome =
  /** All rows are there, both sides were read again and are equal, and the audit log is whole. */
  | { readonly status: 'transferred'; readonly tables: readonly TransferredRows[] }
  /** It had been finished before; nothing was done. */
  | { readonly status: 'finished-before'; readonly at: number }
  /** No server has ever used the source. Nothing was written. */
  | { readonly status: 'source-empty' }
  /** The target has rows that are not of a transfer. Nothing was written. */
  | { readonly status: 'not-empty'; readonly table: string }
  /** The target holds an unfinished transfer of another database. Nothing was written. */
  | { readonly status: 'other-source' }
  /** Another process transfers into the target. */
  | { readonly status: 'overtaken' }
  /** Somebody wrote to the source meanwhile. */
  | { readonly status: 'source-changed'; readonly table: string }
  /** A row of the target is not what was written. */
  | { readonly status: 'target-differs'; readonly table: string }
  | { readonly status: 'audit-broken'; readonly seq: number; readonly flaw: AuditFlaw }

/**
 * Copies all data of one database into another one, an empty one, in batches: rows and the mark of how far they are
 * share a transaction, so after a kill at any time the next call goes on behind the last mark. Then both sides are read
 * again, and are equal in count and hash of each table; only then does the target open to stores. Row numbers, ids and
 * sealed fields stay as they are, so sessions and keys go on. Nothing may write to the source meanwhile: what does is
 * noticed, and the target stays closed.
 *
 * @throws StorageFault when a side cannot be read or written; the next call goes on.
 *
 * @example
 * import Database from 'better-sqlite3'
 * const source = openSqliteTransfer({ database: new Database('weapp-auth.sqlite'), as: 'source' })
 * const target = await openPostgresTransfer({ pool, as: 'target' })
 * const { status } = await transferData({ source, target })
 */
export async function transferData(options: TransferOptions): Promise<TransferOutcome> {
  const { source, target, clock = { now: Date.now } } = options
  const record = await begin(source, target, clock.now())
  if ('status' in record) return record
  const flaw = await auditFlaw(source)
  if (flaw) return flaw

  const copied = new Map<string, TransferMark>()
  for (const table of source.tables) {
    const mark = await copy(options, table, record.marks.get(table) ?? transferStart)
    if (!mark) return { status: 'overtaken' }
    copied.set(table, mark)
  }
  const difference = (await check(options, copied)) ?? (await auditFlaw(target))
  if (difference) return difference
  await target.finish(clock.now())
  return { status: 'transferred', tables: [...copied].map(([table, { rows, hash }]) => ({ table, rows, hash })) }
}

/** The record to go on with, or why there is nothing to do. */
async function begin(
  source: TransferSource,
  target: TransferTarget,
  now: number,
): Promise<TransferRecord | TransferOutcome> {
  // Every server registers its root key.
  if ((await source.countRows('key')) === 0) return { status: 'source-empty' }
  const id = await source.identify()
  const record = await target.record()
  if (record?.source === id)
    return record.finishedAt === null ? record : { status: 'finished-before', at: record.finishedAt }
  if (record)
    return record.finishedAt === null ? { status: 'other-source' } : { status: 'not-empty', table: 'transfer' }
  const begun = await target.begin(id, now)
  return begun.status === 'begun' ? { source: id, finishedAt: null, marks: new Map() } : begun
}

async function copy(
  { source, target, observe, signal }: TransferOptions,
  table: string,
  from: TransferMark,
): Promise<TransferMark | null> {
  const of = await source.countRows(table)
  let mark = from
  let next = source.rowsAfter(table, mark.after)
  for (;;) {
    signal?.throwIfAborted()
    const batch = await next
    observe?.({ phase: 'copy', table, rows: mark.rows + batch.rows.length, of })
    if (batch.rows.length === 0) return mark
    const to = markAfter(mark, batch)
    // The source reads on while the target writes.
    next = source.rowsAfter(table, batch.after)
    next.catch(() => undefined)
    if (!(await target.write(table, batch.rows, mark, to))) return null
    mark = to
  }
}

/** What is not as it was copied; `null`: all is equal. */
async function check(
  { source, target, observe, signal }: TransferOptions,
  copied: ReadonlyMap<string, TransferMark>,
): Promise<TransferOutcome | null> {
  const head = await source.auditHead()
  for (const [table, { rows: of, hash }] of copied) {
    const tell = (rows: number) => {
      signal?.throwIfAborted()
      observe?.({ phase: 'check', table, rows, of })
    }
    const [theirs, ours] = await Promise.all([reread(source, table, () => undefined), reread(target, table, tell)])
    if (theirs.hash !== hash) return { status: 'source-changed', table }
    if (ours.hash !== hash) return { status: 'target-differs', table }
  }
  // What was written while the tables were read again.
  for (const [table, { rows }] of copied)
    if ((await source.countRows(table)) !== rows) return { status: 'source-changed', table }
  const { seq, hash } = await source.auditHead()
  return seq === head.seq && hash === head.hash ? null : { status: 'source-changed', table: 'audit' }
}

async function reread(side: TransferSource, table: string, tell: (rows: number) => void): Promise<TransferMark> {
  let mark = transferStart
  for (;;) {
    const batch = await side.rowsAfter(table, mark.after)
    mark = markAfter(mark, batch)
    tell(mark.rows)
    if (batch.rows.length === 0) return mark
  }
}

async function auditFlaw(side: TransferSource): Promise<TransferOutcome | null> {
  const verdict = await verifyAudit(side)
  return verdict.status === 'broken' ? { status: 'audit-broken', seq: verdict.seq, flaw: verdict.flaw } : null
}
