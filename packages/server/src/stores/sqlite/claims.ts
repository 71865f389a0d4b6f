import type { Claim, ClaimOutcome } from '../../ports/store.ts'
import type { Statements } from './statements.ts'

type PhoneChange = Extract<ClaimOutcome, { status: 'done' }>['change']

interface SpentRow {
  readonly attempt: Uint8Array
  readonly claimedAt: number
  readonly loginId: string | null
  readonly phoneId: string | null
  readonly change: PhoneChange | null
  readonly recognised: 'real' | 'anonymous' | null
}

/** Things that work once: codes and ciphertexts. */
export function claims(sql: Statements) {
  const add = sql.run<[Uint8Array, string, string, Uint8Array, number, number]>(`
    INSERT INTO spent (hash, app_id, kind, attempt, claimed_at, until)
    VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`)
  const find = sql.one<[Uint8Array, string, string], SpentRow>(`
    SELECT attempt, claimed_at AS claimedAt, login_id AS loginId, phone_id AS phoneId, change, recognised
    FROM spent WHERE hash = ? AND app_id = ? AND kind = ?`)
  const takeOver = sql.run<[number, Uint8Array, string, string]>(
    'UPDATE spent SET claimed_at = ? WHERE hash = ? AND app_id = ? AND kind = ?',
  )
  const remove = sql.run<[Uint8Array, string, string, Uint8Array]>(`
    DELETE FROM spent
    WHERE hash = ? AND app_id = ? AND kind = ? AND attempt = ?
      AND login_id IS NULL AND phone_id IS NULL AND recognised IS NULL`)
  const settle = sql.run<[string, PhoneChange, Uint8Array, string, string]>(`
    UPDATE spent SET phone_id = ?, change = ?
    WHERE hash = ? AND app_id = ? AND kind = ? AND phone_id IS NULL AND login_id IS NULL`)

  return {
    isClaimed: ({ hash, appId, kind }: Claim): boolean => find(hash, appId, kind) !== undefined,
    claim({ hash, appId, kind, attempt, until }: Claim, now: number, staleAfterMs: number): ClaimOutcome {
      if (add(hash, appId, kind, attempt, now, until) > 0) return { status: 'claimed' }
      const row = find(hash, appId, kind)
      if (!row || row.loginId || !Buffer.from(row.attempt).equals(attempt)) return { status: 'spent' }
      if (row.phoneId && row.change) return { status: 'done', phoneId: row.phoneId, change: row.change }
      if (row.recognised) return { status: 'recognised', recognised: row.recognised }
      if (now - row.claimedAt < staleAfterMs) return { status: 'pending' }
      takeOver(now, hash, appId, kind)
      return { status: 'claimed' }
    },
    release({ hash, appId, kind, attempt }: Pick<Claim, 'kind' | 'appId' | 'hash' | 'attempt'>): void {
      remove(hash, appId, kind, attempt)
    },
    settleClaims(settled: readonly Pick<Claim, 'kind' | 'appId' | 'hash'>[], phoneId: string, change: PhoneChange) {
      for (const { hash, appId, kind } of settled) settle(phoneId, change, hash, appId, kind)
    },
  }
}
