import type { LoginKeyRow } from '../../ports/store.ts'
import type { Statements, Step } from './statements.ts'

/** Session keys that are kept for the encryptedData way. */
export function sessionKeys(sql: Statements) {
  // All keys of the identity, the one in use first; `own` marks the key of the login.
  const ofLogin = sql.all<[loginId: string], LoginKeyRow & { supersededAt: number | null; own: 0 | 1 }>(`
    SELECT k.id, k.sealed, k.issued_at AS "issuedAt", k.superseded_at AS "supersededAt",
           CASE WHEN k.id = s.key_id THEN 1 ELSE 0 END AS own, i.user_id AS "userId", i.app_id AS "appId"
    FROM session s JOIN identity i ON i.id = s.identity_id JOIN session_key k ON k.identity_id = s.identity_id
    WHERE s.login_id = ? AND s.key_id IS NOT NULL
    ORDER BY CASE WHEN k.superseded_at IS NULL THEN 0 ELSE 1 END, k.superseded_at DESC, k.id DESC`)
  const hold = sql.hold<[loginId: string, keyId: string], { identityId: number; failures: number }>(`
    SELECT identity_id AS "identityId", failures FROM session_key
    WHERE identity_id = (SELECT identity_id FROM session WHERE login_id = ?) AND id = ? AND sealed IS NOT NULL`)
  const count = sql.run<[identityId: number, keyId: string]>(
    'UPDATE session_key SET failures = failures + 1 WHERE identity_id = ? AND id = ?',
  )
  const burn = sql.run<[identityId: number, keyId: string]>(`
    UPDATE session_key SET failures = failures + 1, burnt = 1, sealed = NULL WHERE identity_id = ? AND id = ?`)

  return {
    *sessionKeysOf(loginId: string, previousSince: number): Step<readonly LoginKeyRow[]> {
      const keys = yield* ofLogin(loginId)
      const own = keys.findIndex(key => key.own)
      const former = keys.slice(own + 1, own + 2).filter(key => (key.supersededAt ?? 0) >= previousSince)
      return [...keys.slice(own, own + 1), ...former, ...keys.slice(0, own > 0 ? 1 : 0)].map(
        ({ id, userId, appId, sealed, issuedAt }) => ({ id, userId, appId, sealed, issuedAt }),
      )
    },
    *countKeyFailure(loginId: string, keyId: string, limit: number): Step<{ readonly burnt: boolean }> {
      const key = yield* hold(loginId, keyId)
      if (!key) return { burnt: false }
      const burnt = key.failures + 1 >= limit
      yield* burnt ? burn(key.identityId, keyId) : count(key.identityId, keyId)
      return { burnt }
    },
  }
}
