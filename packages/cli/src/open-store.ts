import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { ConnectionOptions } from 'node:tls'
import type { AccessTokenStore, Store } from '@weapp-auth/server'
import { type SqliteStoreOptions, StoreUnusable } from '@weapp-auth/server/sqlite'
import { CliFault } from './cli-fault.ts'
import { openSqlite } from './open-sqlite.ts'
import { describePath } from './read-config.ts'
import type { Database, DatabaseServer } from './read-database.ts'
import { storeFault } from './store-fault.ts'

export type OpenedStore = Store & AccessTokenStore
export type OpenStoreOptions = Pick<SqliteStoreOptions, 'beside' | 'observe'>

/**
 * Opens the database that DATABASE names, and brings its schema up to date. A file is made when it is not there.
 *
 * @throws CliFault that names the database without its password, and says what to do.
 */
export async function openStore(database: Database, options: OpenStoreOptions = {}): Promise<OpenedStore> {
  if (database.kind === 'sqlite') return openSqlite(database.path, options)
  try {
    return await (database.kind === 'mysql' ? openMysql(database, options) : openPostgres(database, options))
  } catch (error) {
    throw explainServer(error)
  }
}

/** Whether there may be something in this database; asking never makes it. */
export function mayExist(database: Database): boolean {
  return database.kind !== 'sqlite' || existsSync(database.path)
}

/** For people; without a password. */
export function describeDatabase(database: Database): string {
  return database.kind === 'sqlite' ? describePath(database.path) : database.name
}

/** The drivers are loaded here only: commands without a database run where they are not installed. */
async function openMysql(database: DatabaseServer, { observe }: OpenStoreOptions): Promise<OpenedStore> {
  const { createMysqlStore } = await import('@weapp-auth/server/mysql')
  return createMysqlStore({ pool: await mysqlPool(database), name: database.name, ...(observe && { observe }) })
}

async function openPostgres(database: DatabaseServer, { observe }: OpenStoreOptions): Promise<OpenedStore> {
  const { createPostgresStore } = await import('@weapp-auth/server/postgres')
  return createPostgresStore({ pool: await postgresPool(database), ...(observe && { observe }) })
}

export async function mysqlPool(server: DatabaseServer) {
  const { createPool } = await import('mysql2/promise')
  const { host, port, user, password, database, connections } = server
  const ssl = await tlsOf(server)
  return createPool({
    ...(server.socket === null ? { host, port } : { socketPath: server.socket }),
    user,
    password,
    database,
    connectionLimit: connections,
    connectTimeout: connectTimeoutMs,
    ...(ssl && { ssl }),
  })
}

export async function postgresPool(server: DatabaseServer) {
  const { Pool } = await import('pg')
  const { host, port, user, password, database, connections } = server
  return new Pool({
    host: server.socket ?? host,
    port,
    user,
    password,
    database,
    max: connections,
    connectionTimeoutMillis: connectTimeoutMs,
    ssl: (await tlsOf(server)) ?? false,
  })
}

const connectTimeoutMs = 10_000

/** As `libpq` understands `sslmode` ("SSL Support", Postgres); `require` keeps listeners off, but trusts any server. */
async function tlsOf({ tls, rootCertificate }: DatabaseServer) {
  if (tls === 'disable') return null
  const ca = rootCertificate === null ? undefined : await readCertificate(rootCertificate)
  return {
    rejectUnauthorized: tls !== 'require',
    ...(tls === 'verify-ca' && { checkServerIdentity: () => undefined }),
    ...(ca !== undefined && { ca }),
  } satisfies ConnectionOptions
}

async function readCertificate(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(error => {
    const file = describePath(path)
    const sentence = {
      zh: `DATABASE 的 sslrootcert 文件 ${file} 无法读取（${error.code}）。`,
      en: `The file ${file} that sslrootcert of DATABASE names cannot be read (${error.code}).`,
    }
    throw new CliFault('config', sentence, error)
  })
}

/** Why a server cannot be used, if it is known; `name`: what named it. */
export function explainServer(error: unknown, name = 'DATABASE'): unknown {
  if (error instanceof StoreUnusable) return storeFault(error, name)
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') return error
  const sentence = {
    zh: `${name} 所需的驱动没有安装。请执行 npm install mysql2（MySQL、MariaDB）或 npm install pg（Postgres）。`,
    en: `The driver that ${name} needs is not installed. Run npm install mysql2 (MySQL, MariaDB) or npm install pg (Postgres).`,
  }
  return new CliFault('unavailable', sentence, error)
}
