import type { Statements } from './statements.ts'

interface Token {
  readonly sealed: Uint8Array
  readonly expiresAt: number
  readonly generation: number
}

/** WeChat's access_token, shared by all who need it, and the lease of whoever renews it. */
export function accessTokens(sql: Statements) {
  const read = sql.one<[appId: string], Token>(`
    SELECT sealed, expires_at AS expiresAt, generation FROM access_token
    WHERE app_id = ? AND generation IS NOT NULL`)
  const write = sql.run<[appId: string, sealed: Uint8Array, expiresAt: number, generation: number]>(`
    INSERT INTO access_token (app_id, sealed, expires_at, generation) VALUES (?, ?, ?, ?)
    ON CONFLICT (app_id) DO UPDATE SET
      sealed = excluded.sealed, expires_at = excluded.expires_at, generation = excluded.generation
    WHERE access_token.generation IS NULL OR access_token.generation < excluded.generation`)
  const lease = sql.run<[appId: string, holder: string, until: number, now: number]>(`
    INSERT INTO access_token (app_id, holder, leased_until) VALUES (?, ?, ?)
    ON CONFLICT (app_id) DO UPDATE SET holder = excluded.holder, leased_until = excluded.leased_until
    WHERE access_token.holder IS NULL OR access_token.holder = excluded.holder OR access_token.leased_until <= ?`)

  return {
    readAccessToken: (appId: string) => read(appId) ?? null,
    writeAccessToken: (appId: string, { sealed, expiresAt, generation }: Token) =>
      write(appId, sealed, expiresAt, generation) > 0,
    leaseAccessToken: (appId: string, holder: string, now: number, until: number) =>
      lease(appId, holder, until, now) > 0,
  }
}
