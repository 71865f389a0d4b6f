import { type Erased, nothingErased } from '../../domain/erasable.ts'
import type {
  AccountErasure,
  AddJob,
  JobErasure,
  JobPlace,
  JobRow,
  ListedJob,
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
import type { Statements, Step } from './statements.ts'

interface Gone {
  readonly erased: Erased
  readonly doomed: string | null
}

/** Work that is done later. */
export function jobs(sql: Statements) {
  const add = sql.add<[string, string, string, Uint8Array, Uint8Array, Uint8Array, number, number]>(`
    INSERT INTO job (id, kind, app_id, event, stamp, sealed, event_at, due_at, attempts)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)`)
  const known = sql.one<[event: Uint8Array], { found: 1 }>('SELECT 1 AS found FROM job WHERE event = ?')
  const due = sql.hold<[now: number], JobRow>(`
    SELECT id, kind, app_id AS "appId", sealed, event_at AS "eventAt", attempts + 1 AS attempts FROM job
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
  const listed = `
    SELECT id, kind, app_id AS "appId", event_at AS "eventAt", attempts, due_at AS "dueAt", done_at AS "doneAt",
           audit_seq AS "auditSeq"
    FROM job`
  const waiting = sql.all<[at: number, at: number, id: string, limit: number], ListedJob>(`
    ${listed} WHERE due_at >= ? AND (due_at > ? OR id > ?) ORDER BY due_at, id LIMIT ?`)
  const done = sql.all<[at: number, at: number, id: string, limit: number], ListedJob>(`
    ${listed} WHERE done_at <= ? AND (done_at < ? OR id < ?) ORDER BY done_at DESC, id DESC LIMIT ?`)
  const { findAccount, eraseUser } = accounts(sql)
  const { clearProfile } = profiles(sql)
  const { removeSmsOf } = removeSms(sql)
  const { withdrawGiven } = consents(sql)
  const { appendAudit } = auditLog(sql)
  const { closeMergesOf } = closeMerges(sql)

  return {
    *addJob(job: AddJob): Step<'added' | 'known' | 'stamp-used'> {
      const { id, kind, appId, event, stamp, sealed, eventAt, dueAt } = job
      if (yield* add(id, kind, appId, event, stamp, sealed, eventAt, dueAt)) return 'added'
      return (yield* known(event)) ? 'known' : 'stamp-used'
    },
    /** Whoever waits for the job that is held here, finds it no longer due. */
    *takeJob({ now, holder, until }: { now: number; holder: string; until: number }): Step<JobRow | null> {
      const job = yield* due(now)
      return job && (yield* take(holder, until, job.id, now)) > 0 ? job : null
    },
    *postponeJob({ jobId, holder, dueAt }: { jobId: string; holder: string; dueAt: number }): Step<void> {
      yield* postpone(dueAt, jobId, holder)
    },
    /** One UPDATE decides who settles it. */
    *settleJob({ now, jobId, holder, erase, audit }: SettleJob): Step<SettleJobOutcome> {
      if ((yield* end(now, jobId, holder)) === 0) return { status: 'lost' }
      const { erased, doomed } = erase ? yield* remove(erase, now) : { erased: nothingErased, doomed: null }
      const { seq } = yield* appendAudit({ ...audit, details: { ...audit.details, ...erased } })
      yield* prove(seq, jobId)
      return { status: 'settled', erased, auditSeq: seq, doomed }
    },
    listJobs(input: { which: 'waiting' | 'done'; after: JobPlace | null; limit: number }): Step<readonly ListedJob[]> {
      const { which, after, limit } = input
      if (which === 'waiting') return waiting(after?.at ?? 0, after?.at ?? 0, after?.id ?? '', limit)
      const latest = after?.at ?? Number.MAX_SAFE_INTEGER
      return done(latest, latest, after?.id ?? '', limit)
    },
  }

  function* remove(erasure: JobErasure, now: number): Step<Gone> {
    yield* sql.holdUser(erasure.userId)
    return yield* erasure.what === 'account' ? removeAccount(erasure, now) : removeParts(erasure, now)
  }

  function* removeAccount({ userId, unlessLoginAfter, attempt }: AccountErasure, now: number): Step<Gone> {
    const account = yield* findAccount(userId)
    if (!account || (yield* loginAfter(userId, unlessLoginAfter))) return { erased: nothingErased, doomed: null }
    yield* eraseUser({ now, userId, attempt })
    return { erased: { ...nothingErased, accounts: 1 }, doomed: account.profile.avatarKey }
  }

  function* removeParts(erasure: PartsErasure, now: number): Step<Gone> {
    const { what, userId, appId, until, withdraw, attempt } = erasure
    yield* closeMergesOf(userId, now)
    if (what.includes('phone')) yield* removeSmsOf(userId, until)
    const phones = what.includes('phone') ? yield* removePhones(userId, until) : 0
    const nickname = what.includes('nickname')
    const avatar = what.includes('avatar')
    const cleared = yield* clearProfile({ userId, until, now, nickname, avatar })
    const scopes = [
      ...(what.includes('phone') ? (['phone'] as const) : []),
      ...(nickname && avatar ? (['profile'] as const) : []),
    ]
    let withdrawals = 0
    for (const scope of withdraw ? scopes : [])
      if (yield* withdrawGiven({ now, userId, appId, scope, attempt }, until)) withdrawals += 1
    const { nicknames, doomed } = cleared
    const avatars = doomed === null ? 0 : 1
    return { erased: { accounts: 0, phones, nicknames, avatars, withdrawals }, doomed }
  }
}
