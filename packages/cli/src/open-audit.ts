import { access } from 'node:fs/promises'
import type { AuditReader } from '@weapp-auth/server'
import { openAuditLog } from '@weapp-auth/server/sqlite'
import { CliFault } from './cli-fault.ts'
import { describePath } from './read-config.ts'

/**
 * Opens the audit log of a database file for reading; a server may be using the file.
 *
 * @throws CliFault `unavailable` that names the file.
 */
export async function openAudit(path: string): Promise<{ readonly reader: AuditReader; close(): void }> {
  try {
    await access(path)
    const { default: Database } = await import('better-sqlite3')
    const database = new Database(path, { readonly: true, fileMustExist: true })
    return { reader: openAuditLog(database), close: () => void database.close() }
  } catch (error) {
    const file = describePath(path)
    throw new CliFault(
      'unavailable',
      {
        zh: `${file} 无法读取，或不是带审计日志的 weapp-auth 数据库。请检查路径，或先执行 weapp-auth migrate。`,
        en: `${file} cannot be read, or is no database of weapp-auth with an audit log. Check the path, or run weapp-auth migrate first.`,
      },
      error,
    )
  }
}
