import type { Budget } from '../../ports/budget-store.ts'
import type { OpenSms, OpenSmsOutcome, SmsRow, TrySmsCode, TrySmsCodeOutcome } from '../../ports/sms-store.ts'
import { budgets } from './budgets.ts'
import { claims } from './claims.ts'
import type { Statements } from './statements.ts'

const select = `
  SELECT id, app_id AS appId, user_id AS userId, sealed_number AS sealedNumber, country_code AS countryCode,
         opened_at AS openedAt, expires_at AS expiresAt, sent_at AS sentAt
  FROM sms`

interface CodeRow {
  readonly codeHash: Uint8Array
  readonly wrong: number
  readonly lastWrong: Uint8Array | null
  readonly expiresAt: number
}

/** One-time codes on their way to a number and back. */
export function sms(sql: Statements) {
  const byId = sql.one<[id: string], SmsRow>(`${select} WHERE id = ?`)
  const byAttempt = sql.one<[attempt: Uint8Array], SmsRow>(`${select} WHERE attempt = ?`)
  const add = sql.run<[string, string, string, Uint8Array, Uint8Array, string, Uint8Array, number, number, number]>(`
    INSERT INTO sms
      (id, app_id, user_id, attempt, sealed_number, country_code, code_hash, wrong, opened_at, expires_at, until)
    VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)`)
  const markSent = sql.run<[now: number, id: string]>('UPDATE sms SET sent_at = ? WHERE id = ? AND sent_at IS NULL')
  const remove = sql.run<[id: string]>('DELETE FROM sms WHERE id = ? AND sent_at IS NULL')
  const codeOf = sql.one<[id: string], CodeRow>(
    'SELECT code_hash AS codeHash, wrong, last_wrong AS lastWrong, expires_at AS expiresAt FROM sms WHERE id = ?',
  )
  const countWrong = sql.run<[attempt: Uint8Array, id: string]>(
    'UPDATE sms SET wrong = wrong + 1, last_wrong = ? WHERE id = ?',
  )
  const { spendBudgets, refundBudgets } = budgets(sql)
  const { claim, isClaimed } = claims(sql)

  return {
    openSms({ sms, attempt, codeHash, until, budgets }: OpenSms): OpenSmsOutcome {
      const same = byAttempt(attempt)
      if (same) return { status: 'same-attempt', sms: same }
      const spent = spendBudgets(budgets, sms.openedAt)
      if (spent.status === 'refused') return { status: 'limited', until: spent.until }
      const { id, appId, userId, sealedNumber, countryCode, openedAt, expiresAt } = sms
      add(id, appId, userId, attempt, sealedNumber, countryCode, codeHash, openedAt, expiresAt, until)
      return { status: 'opened', used: spent.used }
    },
    findSms: (id: string) => byId(id) ?? null,
    markSmsSent: (id: string, now: number) => void markSent(now, id),
    dropSms(id: string, budgets: readonly Pick<Budget, 'name'>[]) {
      if (remove(id) > 0) refundBudgets(budgets)
    },
    trySmsCode(input: TrySmsCode): TrySmsCodeOutcome {
      const { smsId, now, mostWrong, staleAfterMs } = input
      const right = (): TrySmsCodeOutcome => ({ status: 'right', claim: claim(input.claim, now, staleAfterMs) })
      if (isClaimed(input.claim)) return right()
      const row = codeOf(smsId)
      if (!row) return { status: 'over' }
      const { attempt } = input.claim
      const repeated = row.lastWrong !== null && Buffer.from(row.lastWrong).equals(attempt)
      if (repeated) return { status: 'wrong', attemptsLeft: mostWrong - row.wrong }
      if (row.expiresAt <= now || row.wrong >= mostWrong) return { status: 'over' }
      if (input.codeHashes.some(hash => Buffer.from(row.codeHash).equals(hash))) return right()
      countWrong(attempt, smsId)
      return { status: 'wrong', attemptsLeft: mostWrong - row.wrong - 1 }
    },
  }
}
