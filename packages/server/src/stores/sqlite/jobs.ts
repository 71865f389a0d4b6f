import { type Erased, nothingErased } from '../../domain/erasable.ts'
import type {
  AccountErasure,
  AddJob,
  JobErasure,
  JobRow,
  PartsErasure,
  SettleJob,
  SettleJobOutcome,
} from '../../ports/job-store.ts'
import { accounts } from './accounts.ts'
import { auditLog } from './audit-log.ts'
import { closeMerges } from './close-merges.ts'
import { consents } from './consents.ts'
import { profiles } from './profiles.ts'
import { removeSms } from './remove-sms.ts'
import type { Statements } from './statements.ts'

interface Gone {
  readonly erased: Erased
  readonly doomed: string | null
}

/** Work that is done later. */
export function jobs(sql: Statements) {
  const add = sql.run<[string, string, string, Uint8Array, Uint8Array, Uint8Array, number, number]>(`
    INSERT INTO job (id, kind, app_id, event, stamp, sealed, event_at, due_at, attempts)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT DO NOTHING`)
  const known = sql.one<[event: Uint8Array], { found: 1 }>('SELECT 1 AS found FROM job WHERE event = ?')
  const due = sql.one<[now: number], JobRow>(`
    SELECT id, kind, app_id AS appId, sealed, event_at AS eventAt, attempts + 1 AS attempts FROM job
    WHERE due_at <= ? ORDER BY due_at LIMIT 1`)
  const take = sql.run<[holder: string, until: number, id: string, now: number]>(
    'UPDATE job SET holder = ?, due_at = ?, attempts = attempts + 1 WHERE id = ? AND due_at <= ?',
  )
  const postpone = sql.run<[dueAt: number, id: string, holder: string]>(
    'UPDATE job SET due_at = ?, holder = NULL WHERE id = ? AND holder = ?',
  )
  const end = sql.run<[doneAt: number, id: string, holder: string]>(`
    UPDATE job SET done_at = ?, due_at = NULL, holder = NULL, sealed = NULL
    WHERE id = ? AND holder = ? AND done_at IS NULL`)
  const prove = sql.run<[auditSeq: number, id: string]>('UPDATE job SET audit_seq = ? WHERE id = ?')
  const loginAfter = sql.one<[userId: string, after: number], { found: 1 }>(`
    SELECT 1 AS found FROM session s JOIN identity i ON i.id = s.identity_id
    WHERE i.user_id = ? AND s.created_at > ? LIMIT 1`)
  const removePhones = sql.run<[userId: string, until: number]>(
    'DELETE FROM phone WHERE user_id = ? AND verified_at <= ?',
  )
  const { findAccount, eraseUser } = accounts(sql)
  const { clearProfile } = profiles(sql)
  const { removeSmsOf } = removeSms(sql)
  const { withdrawGiven } = consents(sql)
  const { appendAudit } = auditLog(sql)
  const { closeMergesOf } = closeMerges(sql)

  return {
    addJob(job: AddJob): 'added' | 'known' | 'stamp-used' {
      const { id, kind, appId, event, stamp, sealed, eventAt, dueAt } = job
      if (add(id, kind, appId, event, stamp, sealed, eventAt, dueAt) > 0) return 'added'
      return known(event) ? 'known' : 'stamp-used'
    },
    takeJob({ now, holder, until }: { now: number; holder: string; until: number }): JobRow | null {
      const job = due(now)
      return job && take(holder, until, job.id, now) > 0 ? job : null
    },
    postponeJob({ jobId, holder, dueAt }: { jobId: string; holder: string; dueAt: number }): void {
      postpone(dueAt, jobId, holder)
    },
    settleJob({ now, jobId, holder, erase, audit }: SettleJob): SettleJobOutcome {
      if (end(now, jobId, holder) === 0) return { status: 'lost' }
      const { erased, doomed } = erase ? remove(erase, now) : { erased: nothingErased, doomed: null }
      const { seq } = appendAudit({ ...audit, details: { ...audit.details, ...erased } })
      prove(seq, jobId)
      return { status: 'settled', erased, auditSeq: seq, doomed }
    },
  }

  function remove(erasure: JobErasure, now: number): Gone {
    return erasure.what === 'account' ? removeAccount(erasure, now) : removeParts(erasure, now)
  }

  function removeAccount({ userId, unlessLoginAfter, attempt }: AccountErasure, now: number): Gone {
    const account = findAccount(userId)
    if (!account || loginAfter(userId, unlessLoginAfter)) return { erased: nothingErased, doomed: null }
    eraseUser({ now, userId, attempt })
    return { erased: { ...nothingErased, accounts: 1 }, doomed: account.profile.avatarKey }
  }

  function removeParts(erasure: PartsErasure, now: number): Gone {
    const { what, userId, appId, until, withdraw, attempt } = erasure
    closeMergesOf(userId, now)
    if (what.includes('phone')) removeSmsOf(userId, until)
    const phones = what.includes('phone') ? removePhones(userId, until) : 0
    const nickname = what.includes('nickname')
    const avatar = what.includes('avatar')
    const cleared = clearProfile({ userId, until, now, nickname, avatar })
    const scopes = [
      ...(what.includes('phone') ? (['phone'] as const) : []),
      ...(nickname && avatar ? (['profile'] as const) : []),
    ]
    const withdrawals = withdraw
      ? scopes.filter(scope => withdrawGiven({ now, userId, appId, scope, attempt }, until))
      : []
    const { nicknames, doomed } = cleared
    const avatars = doomed === null ? 0 : 1
    return { erased: { accounts: 0, phones, nicknames, avatars, withdrawals: withdrawals.length }, doomed }
  }
}
