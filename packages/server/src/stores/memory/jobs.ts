import type { AuditDraft, AuditEntry } from '../../domain/audit-entry.ts'
import { type Erased, nothingErased } from '../../domain/erasable.ts'
import { limits } from '../../domain/limits.ts'
import type { EraseUser } from '../../ports/account-store.ts'
import type { WithdrawConsent } from '../../ports/consent-store.ts'
import type { AddJob, JobErasure, JobPlace, JobStore, ListedJob } from '../../ports/job-store.ts'
import type { ProfileRow } from '../../ports/profile-store.ts'
import { hex } from './hex.ts'
import type { ClearProfile } from './profiles.ts'

export interface JobsTools {
  append(draft: AuditDraft): AuditEntry
  /** `null` for a user who is not there. */
  profileOf(userId: string): ProfileRow | null
  loggedInAfter(userId: string, at: number): boolean
  erase(input: EraseUser): void
  /** Answers how many went. */
  removePhones(userId: string, until: number): number
  clearProfile(input: ClearProfile): { readonly nicknames: number; readonly doomed: string | null }
  withdrawGiven(input: WithdrawConsent, until: number): boolean
  closeMergesOf(userId: string, now: number): void
}

interface Job extends Omit<AddJob, 'dueAt' | 'sealed'> {
  sealed: Uint8Array
  attempts: number
  holder: string | null
  /** `null` once it is done. */
  dueAt: number | null
  doneAt: number | null
  auditSeq: number | null
}

/** Work that is done later. */
export function createJobs(tools: JobsTools) {
  const jobs = new Map<string, Job>()

  function remove(erasure: JobErasure, now: number): { readonly erased: Erased; readonly doomed: string | null } {
    const { userId, attempt } = erasure
    if (erasure.what === 'account') {
      const profile = tools.profileOf(userId)
      if (!profile || tools.loggedInAfter(userId, erasure.unlessLoginAfter))
        return { erased: nothingErased, doomed: null }
      tools.erase({ now, userId, attempt })
      return { erased: { ...nothingErased, accounts: 1 }, doomed: profile.avatarKey }
    }
    const { what, appId, until, withdraw } = erasure
    tools.closeMergesOf(userId, now)
    const [phone, nickname, avatar] = [what.includes('phone'), what.includes('nickname'), what.includes('avatar')]
    const phones = phone ? tools.removePhones(userId, until) : 0
    const { nicknames, doomed } = tools.clearProfile({ userId, until, now, nickname, avatar })
    const line = { now, userId, appId, attempt }
    const withdrawals = [
      withdraw && phone && tools.withdrawGiven({ ...line, scope: 'phone' }, until),
      withdraw && nickname && avatar && tools.withdrawGiven({ ...line, scope: 'profile' }, until),
    ].filter(Boolean).length
    return { erased: { accounts: 0, phones, nicknames, avatars: doomed === null ? 0 : 1, withdrawals }, doomed }
  }

  const store: JobStore = {
    async addJob(job) {
      const all = [...jobs.values()]
      if (all.some(({ event }) => hex(event) === hex(job.event))) return 'known'
      if (all.some(({ stamp }) => hex(stamp) === hex(job.stamp))) return 'stamp-used'
      jobs.set(job.id, { ...job, attempts: 0, holder: null, doneAt: null, auditSeq: null })
      return 'added'
    },
    async takeJob({ now, holder, until }) {
      const dueAtOf = (job: Job) => job.dueAt ?? Number.POSITIVE_INFINITY
      const [job] = [...jobs.values()].filter(one => dueAtOf(one) <= now).sort((a, b) => dueAtOf(a) - dueAtOf(b))
      if (!job) return null
      job.attempts += 1
      job.holder = holder
      job.dueAt = until
      const { id, kind, appId, sealed, eventAt, attempts } = job
      return { id, kind, appId, sealed, eventAt, attempts }
    },
    async postponeJob({ jobId, holder, dueAt }) {
      const job = jobs.get(jobId)
      if (job?.holder !== holder) return
      job.dueAt = dueAt
      job.holder = null
    },
    async settleJob({ now, jobId, holder, erase, audit }) {
      const job = jobs.get(jobId)
      if (job?.holder !== holder) return { status: 'lost' }
      job.holder = null
      job.dueAt = null
      job.doneAt = now
      job.sealed = new Uint8Array()
      const { erased, doomed } = erase ? remove(erase, now) : { erased: nothingErased, doomed: null }
      const { seq } = tools.append({ ...audit, details: { ...audit.details, ...erased } })
      job.auditSeq = seq
      return { status: 'settled', erased, auditSeq: seq, doomed }
    },
    async listJobs({ which, after, limit }) {
      const sign = which === 'waiting' ? 1 : -1
      const places = [...jobs.values()].flatMap(job => {
        const at = which === 'waiting' ? job.dueAt : job.doneAt
        return at === null ? [] : [{ job, at, id: job.id }]
      })
      const behind = (a: JobPlace, b: JobPlace) => sign * (a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
      return places
        .filter(place => after === null || behind(place, after) > 0)
        .sort(behind)
        .slice(0, limit)
        .map(({ job }) => listedJob(job))
    },
  }

  return {
    store,
    list: (): readonly Pick<AddJob, 'sealed'>[] => [...jobs.values()],
    /** Answers how many jobs went. */
    sweep(now: number): number {
      const past = [...jobs.values()].filter(({ doneAt }) => doneAt !== null && doneAt <= now - limits.doneJob)
      for (const { id } of past) jobs.delete(id)
      return past.length
    },
  }
}

function listedJob({ id, kind, appId, eventAt, attempts, dueAt, doneAt, auditSeq }: Job): ListedJob {
  return { id, kind, appId, eventAt, attempts, dueAt, doneAt, auditSeq }
}
