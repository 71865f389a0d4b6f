import { type Migration, migrations } from '../migrations/index.ts'
import { StoreUnusable } from '../store-unusable.ts'
import { sqliteColumns } from './columns.ts'
import type { SqliteDatabase } from './driver.ts'

/** Marks a file as ours ("PRAGMA application_id"): the letters WxAu. */
const applicationId = 0x57784175

/**
 * Brings the schema up to date: forward only, each step in one transaction, so a kill leaves the schema before or after
 * a step. Refuses a file of another program and a schema that is newer than the steps it knows.
 */
export function migrate(database: SqliteDatabase, steps: readonly Migration[] = migrations): void {
  for (const step of steps.slice(stepsDone(database, steps))) apply(database, step)
}

/** Whether every step was done. Throws StoreUnusable like {@link migrate}. */
export function isUpToDate(database: SqliteDatabase): boolean {
  return stepsDone(database) === migrations.length
}

/** How many steps are done. Throws StoreUnusable like {@link migrate}. */
export function stepsDone(database: SqliteDatabase, steps: readonly Migration[] = migrations): number {
  refuseForeign(database)
  const applied = appliedSteps(database)
  if (applied > steps.length) throw new StoreUnusable('schema-too-new', database.name)
  return applied
}

function refuseForeign(database: SqliteDatabase): void {
  const id = database.pragma('application_id', { simple: true })
  const tables = database.prepare('SELECT count(*) AS count FROM sqlite_schema').get() as { count: number }
  if (id !== applicationId && (id !== 0 || tables.count > 0)) throw new StoreUnusable('foreign', database.name)
}

function appliedSteps(database: SqliteDatabase): number {
  const known = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migration'").get()
  if (!known) return 0
  const { id } = database.prepare('SELECT max(id) AS id FROM migration').get() as { id: number | null }
  return id ?? 0
}

function apply(database: SqliteDatabase, { id, name, statements }: Migration): void {
  database.exec('BEGIN IMMEDIATE')
  try {
    if (id === 1) {
      database.exec(`PRAGMA application_id = ${applicationId}`)
      database.exec(
        'CREATE TABLE migration (id INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT',
      )
    }
    for (const statement of statements(sqliteColumns)) database.exec(statement)
    database.prepare('INSERT INTO migration (id, name, applied_at) VALUES (?, ?, unixepoch() * 1000)').run(id, name)
    database.exec('COMMIT')
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK')
    throw error
  }
}
