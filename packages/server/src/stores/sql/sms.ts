import type { Budget } from '../../ports/budget-store.ts'
import type { OpenSms, OpenSmsOutcome, SmsRow, TrySmsCode, TrySmsCodeOutcome } from '../../ports/sms-store.ts'
import { budgets } from './budgets.ts'
import { claims } from './claims.ts'
import { Raced, type Statements, type Step } from './statements.ts'

const select = `
  SELECT id, app_id AS "appId", user_id AS "userId", sealed_number AS "sealedNumber", country_code AS "countryCode",
         opened_at AS "openedAt", expires_at AS "expiresAt", sent_at AS "sentAt"
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
  const add = sql.add<[string, string, string, Uint8Array, Uint8Array, string, Uint8Array, number, number, number]>(`
    INSERT INTO sms
      (id, app_id, user_id, attempt, sealed_number, country_code, code_hash, wrong, opened_at, expires_at, until)
    VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)`)
  const markSent = sql.run<[now: number, id: string]>('UPDATE sms SET sent_at = ? WHERE id = ? AND sent_at IS NULL')
  const remove = sql.run<[id: string]>('DELETE FROM sms WHERE id = ? AND sent_at IS NULL')
  const codeOf = sql.hold<[id: string], CodeRow>(
    'SELECT code_hash AS "codeHash", wrong, last_wrong AS "lastWrong", expires_at AS "expiresAt" FROM sms WHERE id = ?',
  )
  const countWrong = sql.run<[attempt: Uint8Array, id: string]>(
    'UPDATE sms SET wrong = wrong + 1, last_wrong = ? WHERE id = ?',
  )
  const { spendBudgets, refundBudgets } = budgets(sql)
  const { claim, isClaimed } = claims(sql)

  return {
    *openSms({ sms, attempt, codeHash, until, budgets }: OpenSms): Step<OpenSmsOutcome> {
      const same = yield* byAttempt(attempt)
      if (same) return { status: 'same-attempt', sms: same }
      const spent = yield* spendBudgets(budgets, sms.openedAt)
      if (spent.status === 'refused') return { status: 'limited', until: spent.until }
      const { id, appId, userId, sealedNumber, countryCode, openedAt, expiresAt } = sms
      const values = [attempt, sealedNumber, countryCode, codeHash, openedAt, expiresAt, until] as const
      if (!(yield* add(id, appId, userId, ...values))) throw new Raced()
      return { status: 'opened', used: spent.used }
    },
    *findSms(id: string): Step<SmsRow | null> {
      return (yield* byId(id)) ?? null
    },
    *markSmsSent(id: string, now: number): Step<void> {
      yield* markSent(now, id)
    },
    *dropSms(id: string, budgets: readonly Pick<Budget, 'name'>[]): Step<void> {
      if ((yield* remove(id)) > 0) yield* refundBudgets(budgets)
    },
    /** The message is held before anything is compared: one try after the other. */
    *trySmsCode(input: TrySmsCode): Step<TrySmsCodeOutcome> {
      const { smsId, now, mostWrong, staleAfterMs } = input
      const row = yield* codeOf(smsId)
      if (yield* isClaimed(input.claim)) return { status: 'right', claim: yield* claim(input.claim, now, staleAfterMs) }
      if (!row) return { status: 'over' }
      const { attempt } = input.claim
      const repeated = row.lastWrong !== null && Buffer.from(row.lastWrong).equals(attempt)
      if (repeated) return { status: 'wrong', attemptsLeft: mostWrong - row.wrong }
      if (row.expiresAt <= now || row.wrong >= mostWrong) return { status: 'over' }
      if (input.codeHashes.some(hash => Buffer.from(row.codeHash).equals(hash)))
        return { status: 'right', claim: yield* claim(input.claim, now, staleAfterMs) }
      yield* countWrong(attempt, smsId)
      return { status: 'wrong', attemptsLeft: mostWrong - row.wrong - 1 }
    },
  }
}
