import { createHash } from 'node:crypto'
import {
  type BeginTransferOutcome,
  type TransferBatch,
  type TransferMark,
  type TransferRow,
  type TransferTarget,
  transferStart,
} from '../../ports/transfer-side.ts'
import { auditReading } from '../sql/audit-log.ts'
import type { Statements, Step, StepRunner } from '../sql/statements.ts'
import { type TableRows, tableRows } from './table-rows.ts'
import { transferredTables } from './transferred-tables.ts'

export interface TransferSideOptions {
  readonly sql: Statements
  readonly runner: StepRunner
  /** Makes the numbers of new rows follow those that are there; default: the database does it by itself. */
  readonly moveRowNumbers?: (table: string) => Step<void>
  /** Rows that are read and written at once. Default 1000. */
  readonly batchRows?: number
}

interface MarkRow {
  readonly table: string
  readonly source: string
  readonly after: string | null
  readonly rows: number
  readonly hash: string
  readonly finishedAt: number | null
}

/** Both sides of a transfer, of any database that runs steps. */
export function transferSide({
  sql,
  runner: { read, step },
  moveRowNumbers,
  batchRows = 1000,
}: TransferSideOptions): Omit<TransferTarget, 'close'> {
  const tables = new Map(transferredTables.map(table => [table.name, tableRows(sql, table, batchRows)]))
  const { auditAfter, auditHead } = auditReading(sql)
  const identity = identifying(sql)
  const marks = sql.all<[], MarkRow>(`
    SELECT table_name AS "table", source, after_key AS "after", row_count AS "rows", hash, finished_at AS "finishedAt"
    FROM transfer`)
  const addMark = sql.add<[string, string, number, string, number]>(
    'INSERT INTO transfer (table_name, source, row_count, hash, begun_at) VALUES (?, ?, ?, ?, ?)',
  )
  const moveMark = sql.run<[string | null, number, string, string, number, string]>(`
    UPDATE transfer SET after_key = ?, row_count = ?, hash = ? WHERE table_name = ? AND row_count = ? AND hash = ?`)
  const finish = sql.run<[number]>('UPDATE transfer SET finished_at = ?')

  function rowsOf(table: string): TableRows {
    const rows = tables.get(table)
    if (!rows) throw new TypeError(`there is no table "${table}"`)
    return rows
  }

  function* begin(source: string, now: number): Step<BeginTransferOutcome> {
    for (const [table, { hasRows }] of tables) if (yield* hasRows()) return { status: 'not-empty', table }
    // The first one decides: whoever comes later has written nothing yet.
    for (const table of tables.keys())
      if (!(yield* addMark(table, source, 0, transferStart.hash, now))) return { status: 'overtaken' }
    for (const { removeInitial } of tables.values()) yield* removeInitial()
    return { status: 'begun' }
  }

  function* write(table: string, rows: readonly TransferRow[], from: TransferMark, to: TransferMark): Step<boolean> {
    // First, because it holds the mark until the commit.
    if ((yield* moveMark(to.after, to.rows, to.hash, table, from.rows, from.hash)) === 0) return false
    yield* rowsOf(table).write(rows)
    return true
  }

  return {
    tables: [...tables.keys()],
    identify: () => read(identity),
    countRows: table => read(rowsOf(table).count),
    rowsAfter: (table, after) => read((): Step<TransferBatch> => rowsOf(table).after(after)),
    auditAfter: (seq, limit) => read(() => auditAfter(seq, limit)),
    auditHead: () => read(auditHead),
    async record() {
      const rows = await read(marks)
      const [first] = rows
      return first
        ? { source: first.source, finishedAt: first.finishedAt, marks: new Map(rows.map(row => [row.table, row])) }
        : null
    },
    begin: (source, now) => step(() => begin(source, now)),
    write: (table, rows, from, to) => step(() => write(table, rows, from, to)),
    finish: now =>
      step(function* () {
        for (const { name, numbered } of transferredTables) if (numbered && moveRowNumbers) yield* moveRowNumbers(name)
        yield* finish(now)
      }),
  }
}

/** When its tables were made, and the keys that its data is sealed with: both stay for as long as its data moves. */
function identifying(sql: Statements): () => Step<string> {
  const steps = sql.all<[], { id: number; name: string; at: number }>(
    'SELECT id, name, applied_at AS "at" FROM migration ORDER BY id',
  )
  const keys = sql.all<[], { id: string; at: number; check: Uint8Array }>(
    'SELECT id, created_at AS "at", check_value AS "check" FROM "key" ORDER BY id',
  )
  return function* identify() {
    const lines = [
      ...(yield* steps()).map(({ id, name, at }) => `${id} ${name} ${at}`),
      ...(yield* keys()).map(({ id, at, check }) => `${id} ${at} ${Buffer.from(check).toString('hex')}`),
    ]
    return createHash('sha256').update(lines.join('\n')).digest('hex')
  }
}
