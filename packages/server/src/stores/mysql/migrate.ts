// Reads better whole: what is written down before and after each statement, and what the next start makes of it.
import { type Migration, migrations } from '../migrations/index.ts'
import { StoreUnusable } from '../store-unusable.ts'
import { mysqlColumns } from './columns.ts'
import type { MysqlConnection } from './driver.ts'
import { isOneOf } from './mysql-code.ts'
import { reasonOf } from './reason-of.ts'

export interface MigrateOptions {
  /** How the database is called in a fault. */
  readonly name: string
  /** Compares text by its bytes. */
  readonly collation: string
  readonly steps?: readonly Migration[]
  /** How long to wait while another process migrates. */
  readonly waitSeconds: number
}

interface StepRow {
  readonly id: number
  readonly name: string
  /** Statements that are done. */
  readonly done: number
  readonly finished: 0 | 1
}

/** Marks the table as ours: another program may have one of this name. */
const mark = 'weapp-auth'

/**
 * Brings the schema up to date, forward only. Here each statement that changes a table commits by itself, so the table
 * `migration` counts the statements of a step; after a kill the next start goes on with the one that was under way,
 * which may have been done already. Of two processes that start at once one waits for the other.
 *
 * @throws StoreUnusable `foreign`, `schema-too-new`, `migrating`, `half-migrated`, or why the server refuses.
 */
export async function migrate(connection: MysqlConnection, options: MigrateOptions): Promise<void> {
  const { steps = migrations, waitSeconds } = options
  const ask = asking(connection, Math.max(longest, (waitSeconds + 1) * 1000))
  if (isComplete(await appliedSteps(ask, options.name), steps, options.name)) return
  const [lock] = await ask<{ held: number | null }>(
    `SELECT GET_LOCK(SHA2(CONCAT(DATABASE(), '/migrate'), 256), ${waitSeconds}) AS held`,
  )
  if (lock?.held !== 1) throw new StoreUnusable('migrating', options.name)
  try {
    await createProgressTable(ask, options)
    await applyMissing(ask, await appliedSteps(ask, options.name), steps, options)
  } finally {
    await ask('DO RELEASE_ALL_LOCKS()').catch(() => connection.destroy())
  }
}

/** Milliseconds that a change of a large table may take. */
const longest = 3_600_000

type AskFor = <Row>(sql: string) => Promise<readonly Row[]>

function asking(connection: MysqlConnection, timeout: number): AskFor {
  return async function ask<Row>(sql: string) {
    const [result] = await connection.query({ sql, timeout })
    return Array.isArray(result) ? (result as Row[]) : []
  }
}

/** How many steps are done. Throws StoreUnusable `foreign` or `schema-too-new`. */
export async function finishedSteps(all: (sql: string) => Promise<readonly unknown[]>, name: string): Promise<number> {
  const ask: AskFor = async <Row>(sql: string) => (await all(sql)) as readonly Row[]
  const rows = await appliedSteps(ask, name)
  if (rows.length > migrations.length) throw new StoreUnusable('schema-too-new', name)
  return rows.filter(row => row.finished === 1).length
}

/** The steps that were begun. Throws when the database is somebody else's. */
async function appliedSteps(ask: AskFor, name: string): Promise<readonly StepRow[]> {
  const tables = await ask<{ name: string; comment: string }>(
    `SELECT table_name AS "name", table_comment AS "comment" FROM information_schema.tables
     WHERE table_schema = DATABASE()`,
  )
  const own = tables.find(table => table.name === 'migration')
  if (own?.comment === mark)
    return ask('SELECT id, name, done, applied_at IS NOT NULL AS "finished" FROM migration ORDER BY id')
  if (tables.length > 0) throw new StoreUnusable('foreign', name)
  return []
}

function isComplete(rows: readonly StepRow[], steps: readonly Migration[], name: string): boolean {
  if (rows.length > steps.length) throw new StoreUnusable('schema-too-new', name)
  return rows.length === steps.length && rows.every(row => row.finished === 1)
}

async function createProgressTable(ask: AskFor, { collation }: MigrateOptions): Promise<void> {
  const { integer, text } = mysqlColumns(collation)
  await ask(`CREATE TABLE IF NOT EXISTS migration (
    ${integer('id')}, ${text('name', 64)}, ${integer('done')}, ${integer('applied_at', 'null')}, PRIMARY KEY (id)
  ) ENGINE = InnoDB COMMENT = '${mark}'`)
}

async function applyMissing(
  ask: AskFor,
  rows: readonly StepRow[],
  steps: readonly Migration[],
  options: MigrateOptions,
): Promise<void> {
  if (isComplete(rows, steps, options.name)) return
  for (const step of steps) {
    const row = rows.find(({ id }) => id === step.id)
    if (row?.finished !== 1) await apply(ask, step, row, options)
  }
}

async function apply(ask: AskFor, step: Migration, row: StepRow | undefined, options: MigrateOptions): Promise<void> {
  const statements = step.statements(mysqlColumns(options.collation))
  if (row && (row.name !== step.name || row.done > statements.length))
    throw new StoreUnusable('half-migrated', options.name, new Error(`step ${row.id} was begun as "${row.name}"`))
  if (!row) await ask(`INSERT INTO migration (id, name, done) VALUES (${step.id}, '${step.name}', 0)`)
  let done = row?.done ?? 0
  try {
    for (const statement of statements.slice(done)) {
      await (isChangeOfRows(statement)
        ? changeRows(ask, statement, step.id)
        : changeTables(ask, statement, step.id, row?.done === done))
      done += 1
    }
    await ask(`UPDATE migration SET applied_at = UNIX_TIMESTAMP() * 1000 WHERE id = ${step.id}`)
  } catch (error) {
    const reason = reasonOf(error)
    throw new StoreUnusable(reason === 'failed' && done > 0 ? 'half-migrated' : reason, options.name, error)
  }
}

function isChangeOfRows(statement: string): boolean {
  return /^\s*(INSERT|UPDATE|DELETE)\b/.test(statement)
}

const countOne = (id: number) => `UPDATE migration SET done = done + 1 WHERE id = ${id}`

async function changeRows(ask: AskFor, statement: string, id: number): Promise<void> {
  await ask('START TRANSACTION')
  try {
    await ask(statement)
    await ask(countOne(id))
    await ask('COMMIT')
  } catch (error) {
    await ask('ROLLBACK').catch(() => undefined)
    throw error
  }
}

/** Table, column or index are there already, or are gone already. */
const alreadyDone = [1050, 1060, 1061, 1051, 1146]

/** Such a statement is done wholly or not at all (since MySQL 8.0, "Atomic DDL", and MariaDB 10.6); counting is apart. */
async function changeTables(ask: AskFor, statement: string, id: number, wasUnderWay: boolean): Promise<void> {
  try {
    await ask(statement)
  } catch (error) {
    if (!wasUnderWay || !isOneOf(alreadyDone, error)) throw error
  }
  await ask(countOne(id))
}
