import type { AuditReader } from '../../ports/audit-store.ts'
import { askingStatements } from '../sql/asking-statements.ts'
import { auditReading } from '../sql/audit-log.ts'
import { createConnections } from './connections.ts'
import { mysqlDialect } from './dialect.ts'
import type { MysqlPool } from './driver.ts'
import { createTransactions } from './transactions.ts'

/**
 * The audit log of a database that a server may be using; a user who may only read is enough. Closes the pool.
 *
 * @example
 * import { createPool } from 'mysql2/promise'
 * const log = openAuditLog(createPool('mysql://auditor:password@127.0.0.1/weapp'))
 * const { seq } = await log.auditHead()
 * await log.close()
 */
export function openAuditLog(pool: MysqlPool): AuditReader & { close(): Promise<void> } {
  const connections = createConnections({ pool, waitSeconds: 5, timeout: 10_000 })
  const { read } = createTransactions({ connections })
  const log = auditReading(askingStatements(mysqlDialect(5)))
  return {
    auditAfter: (seq, limit) => read(() => log.auditAfter(seq, limit)),
    auditHead: () => read(() => log.auditHead()),
    close: connections.close,
  }
}
