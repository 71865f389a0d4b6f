import type { Apps } from '../domain/app-policy.ts'
import { beijingDay } from '../domain/beijing-day.ts'
import { ProblemError } from '../domain/problem-error.ts'
import { hex } from '../keys/digest.ts'
import type { Vault } from '../keys/vault.ts'
import type { Clock } from '../ports/clock.ts'
import type { Observe } from '../ports/observer.ts'
import type { Claim, Store } from '../ports/store.ts'
import { tellBudget } from './budget-alarm.ts'

export interface PhoneBudgetTools {
  readonly apps: Apps
  readonly store: Store
  readonly vault: Vault
  readonly clock: Clock
  readonly tell: Observe
}

/** Gives back what was taken, when WeChat was not asked or refused. */
export type Refund = () => Promise<void>

/** The ceiling of what phone numbers may cost in a day. */
export interface PhoneBudget {
  /**
   * Takes one of the day's calls for this claim, before WeChat is asked. Taken once for each claim, so that a repeat
   * after a crash is not counted again; then, and without a ceiling, `null`.
   *
   * @throws ProblemError phone_budget_spent
   */
  take(claim: Claim, requestId: string): Promise<Refund | null>
}

export function createPhoneBudget({ apps, store, vault, clock, tell }: PhoneBudgetTools): PhoneBudget {
  return {
    async take({ appId, hash, attempt, until: kept }, requestId) {
      const limit = apps.get(appId)?.phoneBudget ?? null
      if (limit === null) return null
      const now = clock.now()
      const { day, until } = beijingDay(now)
      const ofDay = { name: vault.counterName('phone', appId, String(day)), limit, until }
      const ofClaim = { name: vault.counterName('phone-claim', appId, hex(hash), hex(attempt)), limit: 1, until: kept }
      const outcome = await store.spendBudgets([ofDay, ofClaim], now)
      if (outcome.status === 'refused') {
        if (outcome.empty.includes(1)) return null
        throw new ProblemError('phone_budget_spent', { retryAfterMs: until - now })
      }
      tellBudget(tell, { requestId, appId, budget: 'phone', limit }, Number(outcome.used[0]))
      return () => store.refundBudgets([ofDay, ofClaim])
    },
  }
}
