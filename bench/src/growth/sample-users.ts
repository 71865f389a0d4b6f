import Database from 'better-sqlite3'
import type { SampledUser } from './questions.ts'

/**
 * Users drawn at random. A connection of its own, in another process than the store that is measured, whose page cache
 * it must not warm.
 */
export function createSampler(file: string) {
  const database = new Database(file, { readonly: true })
  const { most } = database.prepare<[], { most: number }>('SELECT max(id) AS most FROM identity').get() ?? { most: 0 }
  const byNumber = database.prepare<[number], Omit<SampledUser, 'fingerprint' | 'blindIndex'> & Bytes>(`
    SELECT i.user_id AS userId, i.open_id AS openId, s.id AS sessionId, k.fingerprint, p.blind_index AS blindIndex
    FROM identity i JOIN session s ON s.identity_id = i.id
    JOIN session_key k ON k.identity_id = i.id AND k.superseded_at IS NULL
    JOIN phone p ON p.user_id = i.user_id AND p.replaced_at IS NULL
    WHERE i.id = ? LIMIT 1`)

  function one(): SampledUser {
    const row = byNumber.get(1 + Math.floor(Math.random() * most))
    if (!row) throw new Error('a user of the file lacks a session, a key or a number')
    const { fingerprint, blindIndex, ...rest } = row
    return { ...rest, fingerprint: fingerprint.toString('base64'), blindIndex: blindIndex.toString('base64') }
  }
  const byTable = database.prepare<[], { name: string; bytes: number }>(`
    SELECT m.tbl_name AS name, sum(d.pgsize) AS bytes FROM dbstat d JOIN sqlite_master m ON m.name = d.name
    WHERE d.aggregate = TRUE GROUP BY m.tbl_name ORDER BY bytes DESC LIMIT 7`)

  return {
    /** The size of the file without its free pages. */
    bytes(): number {
      const pragma = (name: string) => Number(database.pragma(name, { simple: true }))
      return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size')
    },
    /** The largest tables with their indexes. Reads the whole file. */
    largestTables: () => byTable.all(),
    take: (count: number): readonly SampledUser[] => Array.from({ length: count }, one),
    close(): void {
      database.close()
    },
  }
}

interface Bytes {
  readonly fingerprint: Buffer
  readonly blindIndex: Buffer
}
