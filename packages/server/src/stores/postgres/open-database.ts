import { StoreUnusable, type StoreUnusableCode } from '../store-unusable.ts'
import { type OpenedAs, unfinishedTransfer } from '../transfer/unfinished-transfer.ts'
import type { PostgresClient, PostgresPool, PostgresQuery } from './driver.ts'
import { migrate } from './migrate.ts'
import { sqlState, withoutValues } from './to-storage-fault.ts'
import { borrow } from './transactions.ts'

/** The least version of the server, as `server_version_num` says it. */
const leastVersion = 130_000

/**
 * Connects, looks whether the server can be used, and brings the schema up to date.
 *
 * @throws StoreUnusable
 */
export async function openDatabase(
  pool: PostgresPool,
  { waitMs, as }: { readonly waitMs: number; readonly as: OpenedAs },
): Promise<void> {
  const name = nameOf(pool)
  try {
    await borrow(pool, async connection => {
      await inspect(connection, name)
      await migrate(connection, { name, waitMs })
      const { rows } = await connection.query({ text: unfinishedTransfer })
      if (as !== 'target' && rows.length > 0) throw new StoreUnusable('transfer-unfinished', name)
      await tryWriting(asked => connection.query(asked))
    })
  } catch (error) {
    throw storeUnusable(error, name)
  }
}

export function storeUnusable(error: unknown, name: string): StoreUnusable {
  return error instanceof StoreUnusable ? error : new StoreUnusable(reasonOf(error), name, withoutValues(error))
}

/** Takes the lock of a row, which is a write, and gives it back at once; waits for nobody. */
export async function tryWriting(query: (asked: PostgresQuery) => Promise<unknown>): Promise<void> {
  await query({ text: 'SELECT id FROM migration WHERE id = 1 FOR NO KEY UPDATE SKIP LOCKED' })
}

export async function inspect(connection: PostgresClient, name: string): Promise<void> {
  const { rows } = await connection.query({
    text: `SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding,
                  current_setting('transaction_read_only') AS "readOnly"`,
  })
  const { version, encoding, readOnly } = rows[0] as { version: number; encoding: string; readOnly: string }
  if (version < leastVersion) throw new StoreUnusable('version-too-old', name)
  if (readOnly === 'on') throw new StoreUnusable('read-only', name)
  if (encoding !== 'UTF8') throw new StoreUnusable('failed', name, new Error(`its encoding is ${encoding}, not UTF8`))
}

/** Such as `127.0.0.1:5432/weapp`: neither user nor password. */
export function nameOf({ options }: PostgresPool): string {
  const url = options.connectionString ? parsed(options.connectionString) : null
  const host = (url ? decodeURIComponent(url.hostname) || url.searchParams.get('host') : options.host) || 'localhost'
  const database = (url ? decodeURIComponent(url.pathname.slice(1)) : options.database) ?? ''
  return `Postgres ${host}:${(url ? url.port : options.port) || 5432}/${database}`
}

function parsed(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null
}

function reasonOf(error: unknown): StoreUnusableCode {
  const code = sqlState(error)
  return byState[code] ?? (code === '' && error instanceof Error ? reasonOfConnection(error) : 'failed')
}

/** "PostgreSQL Error Codes", postgresql.org/docs. */
const byState: Readonly<Record<string, StoreUnusableCode>> = {
  '28P01': 'access-denied',
  '28000': 'access-denied',
  '3D000': 'no-database',
  '42501': 'no-permission',
  // No schema of the search path may be seen.
  '3F000': 'no-permission',
  '53300': 'too-many-connections',
  '53100': 'no-space',
  '57P03': 'unreachable',
  '57P01': 'unreachable',
  '55P03': 'migrating',
  '25006': 'read-only',
}

/** What came before the server could say anything; its TLS errors have codes such as DEPTH_ZERO_SELF_SIGNED_CERT. */
function reasonOfConnection(error: Error): StoreUnusableCode {
  const code = 'code' in error ? String(error.code) : ''
  if (/CERT|TLS|SSL|^EPROTO/.test(code) || /\bSSL\b/.test(error.message)) return 'tls-failed'
  if (/^(SASL|SCRAM)/.test(error.message)) return 'access-denied'
  if (/^E[A-Z_]+$/.test(code) || /timeout|terminated|ended/i.test(error.message)) return 'unreachable'
  return 'failed'
}
