import { constants, existsSync } from 'node:fs'
import { access, stat, statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { SealedSample } from '@weapp-auth/server'
import { type DatabaseInspection, inspectSqlite, StoreUnusable } from '@weapp-auth/server/sqlite'
import { CliFault } from '../cli-fault.ts'
import { describeDatabase, explainServer, mayExist, mysqlPool, postgresPool } from '../open-store.ts'
import { describePath } from '../read-config.ts'
import type { Database, DatabaseServer } from '../read-database.ts'
import { storeFault } from '../store-fault.ts'
import type { CheckResult } from './check-result.ts'

export interface CheckedDatabase {
  readonly results: readonly CheckResult[]
  /** For the check of the keys; `null` where none could be read. */
  readonly sample: SealedSample | null
}

/** Whether the server could start on this database. Opens it for reading only. */
export async function checkDatabase(database: Database): Promise<CheckedDatabase> {
  const about = describeDatabase(database)
  if (!mayExist(database)) return { results: [notYet(about), ...(await checkPlace(database))], sample: null }
  try {
    const found = await inspect(database)
    return { results: [resultOf(found, about), ...(await checkPlace(database))], sample: found.sample }
  } catch (error) {
    const fault = explained(error)
    if (!(fault instanceof CliFault)) throw error
    return { results: [{ check: 'database', status: 'fail', about, found: fault.sentence }], sample: null }
  }
}

async function inspect(database: Database): Promise<DatabaseInspection> {
  if (database.kind === 'sqlite') return inspectFile(database.path)
  return database.kind === 'mysql' ? inspectMysqlServer(database) : inspectPostgresServer(database)
}

async function inspectFile(path: string): Promise<DatabaseInspection> {
  const { default: Open } = await import('better-sqlite3')
  // Whoever reads a file in WAL mode needs the two files beside it ("Read-Only WAL", sqlite.org). Where nobody uses it,
  // only a connection that may write takes them away again when it closes; what is in the WAL of a crash it would move.
  const database = new Open(path, { readonly: existsSync(`${path}-wal`), fileMustExist: true })
  try {
    database.pragma('query_only = ON')
    return inspectSqlite(database)
  } finally {
    database.close()
  }
}

async function inspectPostgresServer(server: DatabaseServer): Promise<DatabaseInspection> {
  const { inspectPostgres } = await import('@weapp-auth/server/postgres')
  const pool = await postgresPool({ ...server, connections: 1 })
  return inspectPostgres(pool).finally(() => pool.end())
}

async function inspectMysqlServer(server: DatabaseServer): Promise<DatabaseInspection> {
  const { inspectMysql } = await import('@weapp-auth/server/mysql')
  const pool = await mysqlPool({ ...server, connections: 1 })
  return inspectMysql(pool, server.name).finally(() => pool.end())
}

function explained(error: unknown): unknown {
  if (error instanceof StoreUnusable) return storeFault(error)
  const code = String((error as NodeJS.ErrnoException).code ?? '')
  if (/^SQLITE_(CANTOPEN|READONLY|PERM)/.test(code))
    return storeFault(new StoreUnusable('not-writable', 'SQLite', error))
  return explainServer(error)
}

function resultOf({ version, applied, known, missing, bytes }: DatabaseInspection, name: string): CheckResult {
  const about = `${name} (${version}, ${megabytes(bytes)} MB)`
  if (missing.length > 0)
    return {
      check: 'database',
      status: 'fail',
      about,
      found: {
        zh: `数据库用户缺少权限：${grouped(missing).join('；')}。`,
        en: `The database user lacks: ${grouped(missing).join('; ')}.`,
      },
      fix: {
        zh: '按 docs/databases.md 的 GRANT 语句授权。',
        en: 'Grant what the GRANT statement of docs/databases.md says.',
      },
    }
  const steps = { zh: `结构 ${applied}/${known}`, en: `schema step ${applied} of ${known}` }
  if (applied === known)
    return {
      check: 'database',
      status: 'ok',
      about,
      found: { zh: `可以使用，${steps.zh}。`, en: `It can be used, ${steps.en}.` },
    }
  return {
    check: 'database',
    status: applied === 0 ? 'ok' : 'warn',
    about,
    found:
      applied === 0
        ? { zh: '是空的，serve 启动时会创建结构。', en: 'It is empty; serve makes the schema when it starts.' }
        : { zh: `结构较旧（${steps.zh}）。`, en: `The schema is older: ${steps.en}.` },
    fix: {
      zh: '先备份，再执行 weapp-auth migrate；serve 启动时也会自动升级。',
      en: 'Make a backup and run weapp-auth migrate; serve upgrades it too, when it starts.',
    },
  }
}

/** `INSERT app audit budget … (30)`: some of the tables, and how many there are. */
function grouped(missing: readonly string[]): readonly string[] {
  const rights = [...new Set(missing.map(one => one.split(' ')[0] ?? ''))]
  return rights.map(right => {
    const tables = missing.filter(one => one.startsWith(`${right} `)).map(one => one.slice(right.length + 1))
    return [right, ...tables.slice(0, 3), ...(tables.length > 3 ? [`… (${tables.length})`] : [])].join(' ')
  })
}

function notYet(about: string): CheckResult {
  return {
    check: 'database',
    status: 'ok',
    about,
    found: {
      zh: '文件还不存在，serve 启动时会创建。',
      en: 'There is no such file yet; serve makes it when it starts.',
    },
  }
}

/** The folder of a file: whether it can be written, and the space left. What a server has left only it knows. */
async function checkPlace(database: Database): Promise<readonly CheckResult[]> {
  if (database.kind !== 'sqlite') return []
  const folder = await nearest(dirname(resolve(database.path)))
  const about = describePath(folder)
  const closed = await firstClosed([folder, ...(mayExist(database) ? [database.path] : [])])
  if (closed !== null) {
    const fault = storeFault(new StoreUnusable('not-writable', describePath(closed)))
    return [{ check: 'disk', status: 'fail', about, found: fault.sentence }]
  }
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  const found = { zh: `剩余 ${megabytes(free)} MB。`, en: `${megabytes(free)} MB left.` }
  if (free >= 1e9) return [{ check: 'disk', status: 'ok', about, found }]
  const fix = {
    zh: '释放空间，或用 WEAPP_DATA 指定其他磁盘。',
    en: 'Free some space, or name another disk with WEAPP_DATA.',
  }
  return [{ check: 'disk', status: free < 1e8 ? 'fail' : 'warn', about, found, fix }]
}

async function nearest(folder: string): Promise<string> {
  const isThere = await stat(folder).then(
    () => true,
    () => false,
  )
  return isThere || dirname(folder) === folder ? folder : nearest(dirname(folder))
}

async function firstClosed(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    const isOpen = await access(path, constants.W_OK).then(
      () => true,
      () => false,
    )
    if (!isOpen) return path
  }
  return null
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)
}
