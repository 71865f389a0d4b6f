import type { Claim, ClaimOutcome, SpentBefore } from '../../ports/store.ts'
import { Raced, type Statements, type Step } from './statements.ts'

export type PhoneChange = Extract<ClaimOutcome, { status: 'done' }>['change']

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
  const add = sql.add<[Uint8Array, string, string, Uint8Array, number, number]>(`
    INSERT INTO spent (hash, app_id, kind, attempt, claimed_at, until) VALUES (?, ?, ?, ?, ?, ?)`)
  const addSettled = sql.add<[Uint8Array, string, string, Uint8Array, number, number, string, PhoneChange]>(`
    INSERT INTO spent (hash, app_id, kind, attempt, claimed_at, until, phone_id, "change")
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
  const row = `
    SELECT attempt, claimed_at AS "claimedAt", login_id AS "loginId", phone_id AS "phoneId", "change", recognised
    FROM spent WHERE hash = ? AND app_id = ? AND kind = ?`
  const find = sql.one<[Uint8Array, string, string], SpentRow>(row)
  const known = sql.one<[Uint8Array, string, string], { found: 1 }>(
    'SELECT 1 AS found FROM spent WHERE hash = ? AND app_id = ? AND kind = ?',
  )
  const takeOver = sql.run<[number, Uint8Array, string, string, Uint8Array, number]>(`
    UPDATE spent SET claimed_at = ?
    WHERE hash = ? AND app_id = ? AND kind = ? AND attempt = ? AND claimed_at = ?
      AND login_id IS NULL AND phone_id IS NULL AND recognised IS NULL`)
  const remove = sql.run<[Uint8Array, string, string, Uint8Array]>(`
    DELETE FROM spent
    WHERE hash = ? AND app_id = ? AND kind = ? AND attempt = ?
      AND login_id IS NULL AND phone_id IS NULL AND recognised IS NULL`)
  const settle = sql.run<[string, PhoneChange, Uint8Array, string, string]>(`
    UPDATE spent SET phone_id = ?, "change" = ?
    WHERE hash = ? AND app_id = ? AND kind = ? AND phone_id IS NULL AND login_id IS NULL`)

  return {
    *isClaimed({ hash, appId, kind }: Claim): Step<boolean> {
      return (yield* known(hash, appId, kind)) !== undefined
    },
    /**
     * The unique key decides who is first, and who takes a stale one over changes it only as it was read: settled meanwhile,
     * it is read again. Losers lock nothing more: MySQL leaves each of them a lock that they share, and those who all
     * wanted it for themselves would wait for each other ("Locks Set by Different SQL Statements in InnoDB").
     */
    *claim({ hash, appId, kind, attempt, until }: Claim, now: number, staleAfterMs: number): Step<ClaimOutcome> {
      if (yield* add(hash, appId, kind, attempt, now, until)) return { status: 'claimed' }
      const row = yield* find(hash, appId, kind)
      if (!row) throw new Raced()
      const before = spentBefore(row, attempt)
      if (before.status !== 'pending' || now - row.claimedAt < staleAfterMs) return before
      if ((yield* takeOver(now, hash, appId, kind, row.attempt, row.claimedAt)) === 0) throw new Raced()
      return { status: 'claimed' }
    },
    *findSpent({
      hash,
      appId,
      kind,
      attempt,
    }: Pick<Claim, 'kind' | 'appId' | 'hash' | 'attempt'>): Step<SpentBefore | null> {
      const row = yield* find(hash, appId, kind)
      return row ? spentBefore(row, attempt) : null
    },
    /** Claims and settles at once what nobody has claimed. */
    *spend(
      { hash, appId, kind, attempt, until }: Claim,
      now: number,
      phoneId: string,
      change: PhoneChange,
    ): Step<void> {
      if (!(yield* addSettled(hash, appId, kind, attempt, now, until, phoneId, change))) throw new Raced()
    },
    *release({ hash, appId, kind, attempt }: Pick<Claim, 'kind' | 'appId' | 'hash' | 'attempt'>): Step<void> {
      yield* remove(hash, appId, kind, attempt)
    },
    *settleClaims(
      settled: readonly Pick<Claim, 'kind' | 'appId' | 'hash'>[],
      phoneId: string,
      change: PhoneChange,
    ): Step<void> {
      for (const { hash, appId, kind } of settled) yield* settle(phoneId, change, hash, appId, kind)
    },
  }
}

function spentBefore({ attempt, loginId, phoneId, change, recognised }: SpentRow, asked: Uint8Array): SpentBefore {
  if (loginId || !Buffer.from(attempt).equals(asked)) return { status: 'spent' }
  if (phoneId && change) return { status: 'done', phoneId, change }
  return recognised ? { status: 'recognised', recognised } : { status: 'pending' }
}
