import type { AuditReader } from '../../ports/audit-store.ts'
import { askingStatements } from '../sql/asking-statements.ts'
import { auditReading } from '../sql/audit-log.ts'
import { createRunAgain } from '../sql/run-again.ts'
import { createAsking } from './ask-postgres.ts'
import { postgresDialect } from './dialect.ts'
import type { PostgresPool } from './driver.ts'
import { mayRepeat } from './to-storage-fault.ts'
import { createTransactions } from './transactions.ts'

/**
 * The audit log of a database that a server may be using; a user who may only read is enough. Closes the pool.
 *
 * @example
 * import { Pool } from 'pg'
 * const log = openAuditLog(new Pool({ connectionString: 'postgres://auditor@db.internal/weapp' }))
 * const { seq } = await log.auditHead()
 * await log.close()
 */
export function openAuditLog(pool: PostgresPool): AuditReader & { close(): Promise<void> } {
  pool.on('error', () => undefined)
  const asking = createAsking({ patienceMs: 12_000, prepare: true })
  const timeouts = { statementTimeoutMs: 10_000, lockTimeoutMs: 5000 }
  const { read } = createTransactions({ pool, asking, runAgain: createRunAgain({ mayRepeat }), ...timeouts })
  const log = auditReading(askingStatements(postgresDialect))
  return {
    auditAfter: (seq, limit) => read(() => log.auditAfter(seq, limit)),
    auditHead: () => read(() => log.auditHead()),
    close: () => pool.end(),
  }
}
