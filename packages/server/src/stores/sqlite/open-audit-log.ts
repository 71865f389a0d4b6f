import type { AuditReader } from '../../ports/audit-store.ts'
import { auditReading } from './audit-log.ts'
import type { SqliteDatabase } from './driver.ts'
import { statements } from './statements.ts'
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
    const log = auditReading(statements(database))
    return {
      auditAfter: async (seq, limit) => log.auditAfter(seq, limit),
      auditHead: async () => log.auditHead(),
    }
  } catch (error) {
    throw toStorageFault(error)
  }
}
