import type { Statements, Step } from './statements.ts'

interface Token {
  readonly sealed: Uint8Array
  readonly expiresAt: number
  readonly generation: number
}

/** WeChat's access_token, shared by all who need it, and the lease of whoever renews it. */
export function accessTokens(sql: Statements) {
  const read = sql.one<[appId: string], Token>(`
    SELECT sealed, expires_at AS "expiresAt", generation FROM access_token
    WHERE app_id = ? AND generation IS NOT NULL`)
  const write = sql.run<[sealed: Uint8Array, expiresAt: number, generation: number, appId: string, than: number]>(`
    UPDATE access_token SET sealed = ?, expires_at = ?, generation = ?
    WHERE app_id = ? AND (generation IS NULL OR generation < ?)`)
  const add = sql.add<[appId: string, sealed: Uint8Array, expiresAt: number, generation: number]>(
    'INSERT INTO access_token (app_id, sealed, expires_at, generation) VALUES (?, ?, ?, ?)',
  )
  const lease = sql.run<[holder: string, until: number, appId: string, holder: string, now: number]>(`
    UPDATE access_token SET holder = ?, leased_until = ?
    WHERE app_id = ? AND (holder IS NULL OR holder = ? OR leased_until <= ?)`)
  const addLease = sql.add<[appId: string, holder: string, until: number]>(
    'INSERT INTO access_token (app_id, holder, leased_until) VALUES (?, ?, ?)',
  )

  return {
    *readAccessToken(appId: string): Step<Token | null> {
      return (yield* read(appId)) ?? null
    },
    // One UPDATE decides; it is asked again when somebody else added the row in between.
    *writeAccessToken(appId: string, { sealed, expiresAt, generation }: Token): Step<boolean> {
      if ((yield* write(sealed, expiresAt, generation, appId, generation)) > 0) return true
      if (yield* add(appId, sealed, expiresAt, generation)) return true
      return (yield* write(sealed, expiresAt, generation, appId, generation)) > 0
    },
    *leaseAccessToken(appId: string, holder: string, now: number, until: number): Step<boolean> {
      if ((yield* lease(holder, until, appId, holder, now)) > 0) return true
      if (yield* addLease(appId, holder, until)) return true
      return (yield* lease(holder, until, appId, holder, now)) > 0
    },
  }
}
