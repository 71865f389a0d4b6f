import type { RecordLogin } from '../../ports/store.ts'
import type { Statements } from './statements.ts'

interface KeyRow {
  readonly id: string
  readonly erased: 0 | 1
  readonly burnt: 0 | 1
  readonly failures: number
  readonly supersededAt: number | null
}

type SessionKey = NonNullable<RecordLogin['sessionKey']>

/**
 * Keeps the session_key of a login and answers the id of its row. WeChat gives the same key again for a while: then the
 * row is shared, with the failures it has. The order of the keys of an identity is the order in which they were in use.
 */
export function keepSessionKey(sql: Statements): (identityId: number, sessionKey: SessionKey, now: number) => string {
  const find = sql.one<[identityId: number, fingerprint: Uint8Array], KeyRow>(`
    SELECT id, sealed IS NULL AS erased, burnt, failures, superseded_at AS supersededAt
    FROM session_key WHERE identity_id = ? AND fingerprint = ?
    ORDER BY superseded_at IS NOT NULL, superseded_at DESC, id DESC LIMIT 1`)
  const supersede = sql.run<[now: number, identityId: number]>(
    'UPDATE session_key SET superseded_at = ? WHERE identity_id = ? AND superseded_at IS NULL',
  )
  const useAgain = sql.run<[id: string]>('UPDATE session_key SET superseded_at = NULL WHERE id = ?')
  const add = sql.run<[string, number, Uint8Array, Uint8Array, number, number]>(`
    INSERT INTO session_key (id, identity_id, fingerprint, sealed, failures, burnt, issued_at)
    VALUES (?, ?, ?, ?, ?, 0, ?)`)

  return (identityId, { id, fingerprint, sealed }, now) => {
    const same = find(identityId, fingerprint)
    // One that was erased with its session, and is not burnt, is kept again as a new row: the seal names the row.
    const kept = same && (same.burnt || !same.erased) ? same : null
    if (kept?.supersededAt === null) return kept.id
    supersede(now, identityId)
    if (kept) useAgain(kept.id)
    else add(id, identityId, fingerprint, sealed, same?.failures ?? 0, now)
    return kept?.id ?? id
  }
}
