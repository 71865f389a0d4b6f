import { StoreUnusable } from '../store-unusable.ts'
import { type OpenedAs, unfinishedTransfer } from '../transfer/unfinished-transfer.ts'
import type { Connections } from './connections.ts'
import { migrate } from './migrate.ts'
import { reasonOf } from './reason-of.ts'

/** Refuses a server that is too old, brings the schema up to date, and proves that pool and server do what is asked. */
export async function openDatabase(
  { borrow, timeout }: Connections,
  { name, migrationWaitMs, as }: { readonly name: string; readonly migrationWaitMs: number; readonly as: OpenedAs },
): Promise<void> {
  try {
    await borrow(async connection => {
      const [about] = await connection.query({ sql: askAbout, timeout })
      const { version, database } = readAbout(about)
      if (database === null) throw new StoreUnusable('no-database', name)
      const waitSeconds = Math.ceil(migrationWaitMs / 1000)
      await migrate(connection, { name, collation: collationOf(version, name), waitSeconds })
      const [unfinished] = await connection.query({ sql: unfinishedTransfer, timeout })
      if (as !== 'target' && Array.isArray(unfinished) && unfinished.length > 0)
        throw new StoreUnusable('transfer-unfinished', name)
      const [changed] = await connection.execute({ sql: tryWriting, timeout }, [1])
      if ((changed as { readonly affectedRows: number }).affectedRows !== 1)
        throw new TypeError('"pool" must count the rows found: leave the flag FOUND_ROWS on')
    })
  } catch (error) {
    if (error instanceof StoreUnusable || error instanceof TypeError) throw error
    throw new StoreUnusable(reasonOf(error), name, error)
  }
}

interface About {
  readonly version: string
  readonly database: string | null
}

export const askAbout = `SELECT VERSION() AS "version", DATABASE() AS "database", CAST(1800000000000 AS SIGNED) AS "number", X'00FF' AS "bytes"`

/** A pool can be made to answer in other shapes. */
export function readAbout(rows: unknown): About {
  const [row] = rows as (About & { readonly number: unknown; readonly bytes: unknown })[]
  if (typeof row?.version === 'string' && typeof row.number === 'number' && Buffer.isBuffer(row.bytes)) return row
  throw new TypeError('"pool" must answer rows as objects, numbers as numbers, and bytes as Buffer')
}

/** The collation that compares bytes, also those of trailing spaces; each of the two has its own. */
export function collationOf(version: string, name: string): string {
  const isMariadb = version.includes('MariaDB')
  // MariaDB used to put 5.5.5- before its version, for old replicas.
  const [, ...numbers] = /^(?:5\.5\.5-)?(\d+)\.(\d+)\.(\d+)/.exec(version) ?? []
  const least = isMariadb ? [10, 6, 0] : [8, 0, 17]
  if (numbers.length === 0 || isBefore(numbers.map(Number), least))
    throw new StoreUnusable('version-too-old', name, new Error(`version ${version}`))
  return isMariadb ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin'
}

function isBefore(version: readonly number[], least: readonly number[]): boolean {
  const at = least.findIndex((number, index) => version[index] !== number)
  return at >= 0 && (version[at] ?? 0) < (least[at] ?? 0)
}

/** Changes nothing, and is refused where nothing may be written. */
export const tryWriting = 'UPDATE migration SET name = name WHERE id = ?'
