import type { SessionKeyRow } from '../../ports/store.ts'
import type { Statements } from './statements.ts'

/** Session keys that are kept for the encryptedData way. */
export function sessionKeys(sql: Statements) {
  // All keys of the identity, the one in use first; `own` marks the key of the login.
  const ofLogin = sql.all<[loginId: string], SessionKeyRow & { supersededAt: number | null; own: 0 | 1 }>(`
    SELECT k.id, k.sealed, k.issued_at AS issuedAt, k.superseded_at AS supersededAt, k.id = own.id AS own
    FROM session s JOIN session_key own ON own.id = s.key_id JOIN session_key k ON k.identity_id = own.identity_id
    WHERE s.login_id = ?
    ORDER BY k.superseded_at IS NOT NULL, k.superseded_at DESC, k.id DESC`)
  const countFailure = sql.one<[limit: number, limit: number, keyId: string], { burnt: 0 | 1 }>(`
    UPDATE session_key SET
      failures = failures + 1,
      burnt = failures + 1 >= ?,
      sealed = CASE WHEN failures + 1 >= ? THEN NULL ELSE sealed END
    WHERE id = ? AND sealed IS NOT NULL
    RETURNING burnt`)

  return {
    sessionKeysOf(loginId: string, previousSince: number): readonly SessionKeyRow[] {
      const keys = ofLogin(loginId)
      const own = keys.findIndex(key => key.own)
      const former = keys.slice(own + 1, own + 2).filter(key => (key.supersededAt ?? 0) >= previousSince)
      return [...keys.slice(own, own + 1), ...former, ...keys.slice(0, own > 0 ? 1 : 0)].map(
        ({ id, sealed, issuedAt }) => ({ id, sealed, issuedAt }),
      )
    },
    countKeyFailure: (keyId: string, limit: number) => ({ burnt: countFailure(limit, limit, keyId)?.burnt === 1 }),
  }
}
