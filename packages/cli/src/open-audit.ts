import { access } from 'node:fs/promises'
import type { AuditReader } from '@weapp-auth/server'
import { openAuditLog } from '@weapp-auth/server/sqlite'
import { CliFault } from './cli-fault.ts'
import { describeDatabase, mysqlPool, postgresPool } from './open-store.ts'
import type { Database } from './read-database.ts'

interface OpenedAudit {
  readonly reader: AuditReader
  close(): void | Promise<void>
}

/**
 * Opens the audit log of a database for reading; a server may be using it.
 *
 * @throws CliFault `unavailable` that names the database.
 */
export async function openAudit(database: Database): Promise<OpenedAudit> {
  const { reader, close } = await (database.kind === 'sqlite' ? openFile(database.path) : openServer(database)).catch(
    error => unreadable(database, error),
  )
  try {
    await reader.auditHead()
    return { reader, close }
  } catch (error) {
    await close()
    return unreadable(database, error)
  }
}

async function openFile(path: string): Promise<OpenedAudit> {
  await access(path)
  const { default: Database } = await import('better-sqlite3')
  const database = new Database(path, { readonly: true, fileMustExist: true })
  return { reader: openAuditLog(database), close: () => void database.close() }
}

async function openServer(database: Exclude<Database, { kind: 'sqlite' }>): Promise<OpenedAudit> {
  const reader =
    database.kind === 'mysql'
      ? (await import('@weapp-auth/server/mysql')).openAuditLog(await mysqlPool(database))
      : (await import('@weapp-auth/server/postgres')).openAuditLog(await postgresPool(database))
  return { reader, close: () => reader.close() }
}

function unreadable(database: Database, error: unknown): never {
  if (error instanceof CliFault) throw error
  const name = describeDatabase(database)
  throw new CliFault(
    'unavailable',
    {
      zh: `${name} 无法读取，或不是带审计日志的 weapp-auth 数据库。请检查 DATABASE，或先执行 weapp-auth migrate。`,
      en: `${name} cannot be read, or is no database of weapp-auth with an audit log. Check DATABASE, or run weapp-auth migrate first.`,
    },
    error,
  )
}
