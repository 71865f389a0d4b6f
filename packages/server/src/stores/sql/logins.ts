import type { Claim, LoginRow, RecordIdentity } from '../../ports/store.ts'
import { keepIdentity } from './keep-identity.ts'
import { recordLogin } from './record-login.ts'
import type { Statements, Step } from './statements.ts'

const columns = 's.login_id AS id, s.id AS "sessionId", i.user_id AS "userId", i.app_id AS "appId", s.created_at AS at'

interface ClaimedLogin {
  readonly attempt: Uint8Array
  readonly login: LoginRow
}

/** Logins, and the codes they spent. */
export function logins(sql: Statements) {
  const byId = sql.one<[loginId: string], LoginRow>(
    `SELECT ${columns} FROM session s JOIN identity i ON i.id = s.identity_id WHERE s.login_id = ?`,
  )
  const byCode = sql.one<[hash: Uint8Array, appId: string], LoginRow & { attempt: Uint8Array }>(`
    SELECT ${columns}, c.attempt
    FROM spent c JOIN session s ON s.login_id = c.login_id JOIN identity i ON i.id = s.identity_id
    WHERE c.hash = ? AND c.app_id = ? AND c.kind = 'login-code'`)

  const { findOwner, writeIdentity } = keepIdentity(sql)

  return {
    recordLogin: recordLogin(sql),
    *recordIdentity(input: RecordIdentity): Step<'recorded' | 'user-exists'> {
      const { identity, isAsRead } = yield* findOwner(input)
      if (!isAsRead) return 'user-exists'
      yield* writeIdentity(input, identity)
      return 'recorded'
    },
    *findLogin(loginId: string): Step<LoginRow | null> {
      return (yield* byId(loginId)) ?? null
    },
    *findClaimedLogin({ appId, hash }: Pick<Claim, 'appId' | 'hash'>): Step<ClaimedLogin | null> {
      const row = yield* byCode(hash, appId)
      if (!row) return null
      const { attempt, ...login } = row
      return { attempt, login }
    },
  }
}
