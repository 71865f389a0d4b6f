import type { OpenSms, SmsRow, SmsStore } from '../../ports/sms-store.ts'
import type { Claim, ClaimOutcome } from '../../ports/store.ts'
import type { Budgets } from './budgets.ts'
import { hex } from './hex.ts'

interface Sms {
  readonly row: Omit<SmsRow, 'sentAt'>
  readonly attempt: string
  readonly codeHash: string
  readonly until: number
  sentAt: number | null
  wrong: number
  lastWrong: string | null
}

export interface SmsTools {
  readonly budgets: Budgets
  readonly isClaimed: (claim: Claim) => boolean
  readonly claim: (claim: Claim, now: number, staleAfterMs: number) => ClaimOutcome
}

/** One-time codes in memory. */
export function createSms({ budgets, isClaimed, claim }: SmsTools) {
  const messages = new Map<string, Sms>()
  const byAttempt = new Map<string, Sms>()

  function forget({ row, attempt }: Sms): void {
    messages.delete(row.id)
    byAttempt.delete(attempt)
  }

  const store: SmsStore = {
    async openSms({ sms, attempt, codeHash, until, budgets: wanted }: OpenSms) {
      const same = byAttempt.get(hex(attempt))
      if (same) return { status: 'same-attempt', sms: rowOf(same) }
      const spent = budgets.spend(wanted, sms.openedAt)
      if (spent.status === 'refused') return { status: 'limited', until: spent.until }
      const hashes = { attempt: hex(attempt), codeHash: hex(codeHash) }
      const opened: Sms = { row: sms, ...hashes, until, sentAt: null, wrong: 0, lastWrong: null }
      messages.set(sms.id, opened)
      byAttempt.set(opened.attempt, opened)
      return { status: 'opened', used: spent.used }
    },
    async findSms(smsId) {
      const found = messages.get(smsId)
      return found ? rowOf(found) : null
    },
    async markSmsSent(smsId, now) {
      const found = messages.get(smsId)
      if (found) found.sentAt ??= now
    },
    async dropSms(smsId, wanted) {
      const found = messages.get(smsId)
      if (!found || found.sentAt !== null) return
      forget(found)
      budgets.refund(wanted)
    },
    async trySmsCode({ smsId, now, codeHashes, mostWrong, claim: wanted, staleAfterMs }) {
      if (isClaimed(wanted)) return { status: 'right', claim: claim(wanted, now, staleAfterMs) }
      const found = messages.get(smsId)
      if (!found) return { status: 'over' }
      const attempt = hex(wanted.attempt)
      if (found.lastWrong === attempt) return { status: 'wrong', attemptsLeft: mostWrong - found.wrong }
      if (found.row.expiresAt <= now || found.wrong >= mostWrong) return { status: 'over' }
      if (codeHashes.some(hash => found.codeHash === hex(hash)))
        return { status: 'right', claim: claim(wanted, now, staleAfterMs) }
      found.wrong += 1
      found.lastWrong = attempt
      return { status: 'wrong', attemptsLeft: mostWrong - found.wrong }
    },
  }

  return {
    store,
    /** Messages hold a number too: they go when the phones go. */
    removeOf(userId: string, until: number): void {
      for (const one of [...messages.values()]) if (one.row.userId === userId && one.row.openedAt <= until) forget(one)
    },
    /** Answers how many messages went. */
    sweep(now: number): number {
      const past = [...messages.values()].filter(({ until }) => until <= now)
      for (const one of past) forget(one)
      return past.length
    },
  }
}

function rowOf({ row, sentAt }: Sms): SmsRow {
  return { ...row, sentAt }
}
