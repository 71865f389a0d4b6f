import type { AuditReader } from '../../ports/audit-store.ts'
import { auditReading } from '../sql/audit-log.ts'
import type { SqliteDatabase } from './driver.ts'
import { runNow, sqliteStatements } from './sqlite-statements.ts'
import { toStorageFault } from './to-storage-fault.ts'

/**
 * The audit log of a file that was opened for reading only: it can be checked while a server uses the file.
 * The caller closes the database.
 *
 * @throws StorageFault when the file has no audit log.
 *
 * @example
 * import Database from 'better-sqlite3'
 * const database = new Database('weapp-auth.sqlite', { readonly: true })
 * const log = openAuditLog(database)
 * const { seq } = await log.auditHead()
 */
export function openAuditLog(database: SqliteDatabase): AuditReader {
  try {
    const log = auditReading(sqliteStatements(database))
    return {
      auditAfter: async (seq, limit) => runNow(() => log.auditAfter(seq, limit)),
      auditHead: async () => runNow(log.auditHead),
    }
  } catch (error) {
    throw toStorageFault(error)
  }
}
