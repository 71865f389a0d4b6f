import { access, constants, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { AccessTokenStore, Store } from '@weapp-auth/server'
import {
  createSqliteStore,
  type SqliteDatabase,
  type SqliteStoreOptions,
  StoreUnusable,
} from '@weapp-auth/server/sqlite'
import { CliFault } from './cli-fault.ts'
import { describePath } from './read-config.ts'
import { storeFault } from './store-fault.ts'

/** Opens a file with the driver; replaceable in tests. */
export type OpenDatabase = (path: string) => Promise<SqliteDatabase>

/**
 * Opens the database file, makes it when it is not there, and brings its schema up to date.
 *
 * @throws CliFault that names the file and says what to do.
 */
export async function openSqlite(
  path: string,
  options: Pick<SqliteStoreOptions, 'beside' | 'observe'> & { readonly openDatabase?: OpenDatabase } = {},
): Promise<Store & AccessTokenStore> {
  const { openDatabase, ...settings } = options
  return openSqliteAs(path, database => createSqliteStore({ ...settings, database }), {
    ...(openDatabase && { openDatabase }),
  })
}

/** The same for whatever is made of the file; `name`: what named it. */
export async function openSqliteAs<T>(
  path: string,
  open: (database: SqliteDatabase) => T,
  { openDatabase = openWithDriver, name }: { readonly openDatabase?: OpenDatabase; readonly name?: string } = {},
): Promise<T> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await proveWritable(path)
    return open(await openDatabase(path))
  } catch (error) {
    throw explain(path, error, name)
  }
}

/** SQLite opens a file that it may not write as read-only and says so at the first change: at the first login. */
async function proveWritable(path: string): Promise<void> {
  await access(path, constants.W_OK).catch(error => {
    if (error.code !== 'ENOENT') throw error
  })
}

/** The driver is loaded here only: commands without a database run where it is not installed. */
async function openWithDriver(path: string): Promise<SqliteDatabase> {
  const { default: Database } = await import('better-sqlite3')
  return new Database(path)
}

function explain(path: string, error: unknown, name?: string): unknown {
  if (error instanceof StoreUnusable) return storeFault(error, name)
  const code = error instanceof Error ? String((error as NodeJS.ErrnoException).code ?? '') : ''
  if (/^(EACCES|EPERM|EROFS)$/.test(code)) return storeFault(new StoreUnusable('not-writable', path, error), name)
  if (/^(SQLITE_CANTOPEN|ENOENT|ENOTDIR|EEXIST|EISDIR|ENAMETOOLONG)/.test(code))
    return cannotCreate(path, code, error, name)
  return isDriverMissing(error, code) ? driverMissing(error) : error
}

function cannotCreate(path: string, code: string, error: unknown, name = 'DATABASE'): CliFault {
  const file = describePath(path)
  return new CliFault(
    'cannotCreate',
    {
      zh: `无法打开或创建数据库文件 ${file}（${code}）。请检查路径，或用 ${name} 指定其他位置。`,
      en: `The database file ${file} cannot be opened or created (${code}). Check the path, or name another place with ${name}.`,
    },
    error,
  )
}

function isDriverMissing(error: unknown, code: string): boolean {
  if (/^(ERR_DLOPEN_FAILED|MODULE_NOT_FOUND|ERR_MODULE_NOT_FOUND)$/.test(code)) return true
  return error instanceof Error && error.message.startsWith('Could not locate the bindings file')
}

function driverMissing(error: unknown): CliFault {
  return new CliFault(
    'unavailable',
    {
      zh: 'SQLite 驱动 better-sqlite3 没有为当前的 Node.js 安装好。请执行 npm rebuild better-sqlite3。',
      en: 'The SQLite driver better-sqlite3 is not installed for this Node.js. Run npm rebuild better-sqlite3.',
    },
    error,
  )
}
