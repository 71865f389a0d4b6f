import type { Erasable } from '../domain/erasable.ts'
import { limits, mostSessions } from '../domain/limits.ts'
import { digest } from '../keys/digest.ts'
import type { JobSeal } from '../keys/job-seal.ts'
import type { Clock } from '../ports/clock.ts'
import type { JobErasure, JobRow } from '../ports/job-store.ts'
import type { Observe } from '../ports/observer.ts'
import type { Store } from '../ports/store.ts'
import type { AvatarFiles } from './avatar-files.ts'
import { readPushSubject } from './push-subject.ts'

export interface ActOnPushTools {
  readonly store: Store
  readonly jobSeal: JobSeal
  readonly avatarFiles: AvatarFiles
  readonly clock: Clock
  readonly tell: Observe
}

/** A job and who has it. */
export interface HeldJob extends JobRow {
  readonly holder: string
}

export type ActOnPush = (job: HeldJob) => Promise<void>

/** WeChat tells whole seconds: what was told in the same one came before. */
const lastMsOfSecond = 999

const parts: Readonly<Record<string, readonly Erasable[]>> = {
  phone: ['phone'],
  profile: ['nickname', 'avatar'],
  nickname: ['nickname'],
  avatar: ['avatar'],
}

/**
 * Does what an event of authorization asks for: exactly the named kinds go, or the account, as far as they were there
 * when it happened. The proof is written in the same step. Why time decides: docs/decisions/0016-erasing-by-event-time.md.
 */
export function createActOnPush({ store, jobSeal, avatarFiles, clock, tell }: ActOnPushTools): ActOnPush {
  return async function actOnPush(job) {
    const { id, holder, kind, appId, eventAt } = job
    const { openId, revoked } = readPushSubject(jobSeal.open(job))
    const userId = (await store.findIdentity(appId, openId))?.user.id ?? null
    const now = clock.now()
    const sessions = userId === null ? [] : await store.liveSessionsOf(userId, now, mostSessions)
    const details = { job: id, event: new Date(eventAt).toISOString(), revoked }
    const outcome = await store.settleJob({
      now,
      jobId: id,
      holder,
      erase: userId === null ? null : erasureOf(job, userId, revoked),
      audit: { at: now, actor: 'wechat', act: kind, appId, subject: userId, details },
    })
    if (outcome.status === 'lost') return
    const { erased, auditSeq, doomed } = outcome
    tell({ type: 'job-done', jobId: id, appId, kind, userId, revoked, erased, auditSeq })
    if (erased.accounts > 0)
      for (const session of sessions)
        tell({ type: 'session-ended', requestId: id, sessionId: session.id, reason: 'erased' })
    await avatarFiles.remove(doomed)
  }
}

function erasureOf({ id, kind, appId, eventAt }: JobRow, userId: string, revoked: readonly string[]): JobErasure {
  const attempt = digest('job', id)
  const until = eventAt + lastMsOfSecond
  // A code that WeChat gave before the account was closed may have come for a login after it.
  if (kind === 'account-cancelled')
    return { what: 'account', userId, attempt, unlessLoginAfter: until + limits.wechatCode }
  const kinds = kind === 'profile-modified' ? ['profile'] : revoked
  const what = [...new Set(kinds.flatMap(one => parts[one] ?? []))]
  return { what, userId, appId, until, attempt, withdraw: kind === 'authorization-revoked' }
}
