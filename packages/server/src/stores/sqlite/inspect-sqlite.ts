import { type DatabaseInspection, sampleOf, sampleSql } from '../inspection.ts'
import { migrations } from '../migrations/index.ts'
import type { SqliteDatabase } from './driver.ts'
import { stepsDone } from './migrate.ts'
import { storeUnusable } from './open-database.ts'

/**
 * Looks at a file that was opened for reading only; a server may be using it. The caller closes it.
 *
 * @throws StoreUnusable `damaged`, `foreign`, `schema-too-new`, …
 *
 * @example
 * import Database from 'better-sqlite3'
 * inspectSqlite(new Database('weapp-auth.sqlite', { readonly: true })).version // such as 'SQLite 3.53.0'
 */
export function inspectSqlite(database: SqliteDatabase): DatabaseInspection {
  const all = (sql: string) => database.prepare(sql).all()
  try {
    const [about] = all(`SELECT sqlite_version() AS version, page_count * page_size AS bytes
                         FROM pragma_page_count(), pragma_page_size()`)
    const { version, bytes } = about as { readonly version: string; readonly bytes: number }
    const applied = stepsDone(database)
    const { keys, apps, oldest, newest } = sampleSql
    const rows = () => ({ keys: all(keys), apps: all(apps), oldest: all(oldest), newest: all(newest) })
    return {
      version: `SQLite ${version}`,
      bytes,
      applied,
      known: migrations.length,
      missing: [],
      sample: applied === migrations.length ? sampleOf(rows()) : null,
    }
  } catch (error) {
    throw storeUnusable(error, database.name)
  }
}
