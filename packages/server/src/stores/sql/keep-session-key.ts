import type { RecordLogin } from '../../ports/store.ts'
import type { Statements, Step } from './statements.ts'

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
 *
 * The user is held, so that one key of an identity is in use; the row as well, so that it is not erased or swept while a
 * session takes it.
 */
export function keepSessionKey(
  sql: Statements,
): (identityId: number, sessionKey: SessionKey, now: number) => Step<string> {
  const find = sql.hold<[identityId: number, fingerprint: Uint8Array], KeyRow>(`
    SELECT id, CASE WHEN sealed IS NULL THEN 1 ELSE 0 END AS erased, burnt, failures, superseded_at AS "supersededAt"
    FROM session_key WHERE identity_id = ? AND fingerprint = ?
    ORDER BY CASE WHEN superseded_at IS NULL THEN 0 ELSE 1 END, superseded_at DESC, id DESC LIMIT 1`)
  const supersede = sql.run<[now: number, identityId: number]>(
    'UPDATE session_key SET superseded_at = ? WHERE identity_id = ? AND superseded_at IS NULL',
  )
  const useAgain = sql.run<[identityId: number, id: string]>(
    'UPDATE session_key SET superseded_at = NULL WHERE identity_id = ? AND id = ?',
  )
  const add = sql.run<[string, number, Uint8Array, Uint8Array, number, number]>(`
    INSERT INTO session_key (id, identity_id, fingerprint, sealed, failures, burnt, issued_at)
    VALUES (?, ?, ?, ?, ?, 0, ?)`)

  return function* (identityId, { id, fingerprint, sealed }, now) {
    const same = yield* find(identityId, fingerprint)
    // One that was erased with its session, and is not burnt, is kept again as a new row: the seal names the row.
    const kept = same && (same.burnt || !same.erased) ? same : null
    if (kept?.supersededAt === null) return kept.id
    yield* supersede(now, identityId)
    if (kept) yield* useAgain(identityId, kept.id)
    else yield* add(id, identityId, fingerprint, sealed, same?.failures ?? 0, now)
    return kept?.id ?? id
  }
}
