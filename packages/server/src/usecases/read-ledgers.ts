import type {
  AuditLine,
  AuditLinesAnswer,
  AuditVerificationAnswer,
  OperatorJob,
  OperatorJobsAnswer,
  OperatorKeysAnswer,
} from '@weapp-auth/protocol/contract'
import type { AuditAnchor, AuditEntry } from '../domain/audit-entry.ts'
import { checkedLines, listedRows } from '../domain/limits.ts'
import { isoTime } from '../domain/phone-answer.ts'
import type { Keyring } from '../keys/keyring.ts'
import { listKeys } from '../keys/rotate-keyring.ts'
import type { Clock } from '../ports/clock.ts'
import type { JobPlace, ListedJob } from '../ports/job-store.ts'
import type { SealedRows } from '../ports/reseal-store.ts'
import type { Store } from '../ports/store.ts'
import { checkAuditPart } from './check-audit-part.ts'

export interface ReadLedgersTools {
  readonly store: Store
  /** The keys in use. */
  readonly keyring: () => Keyring
  readonly clock: Clock
}

interface Page {
  readonly limit?: number
}

/** What was done, what is to be done, and with which keys: for operators to read. */
export interface ReadLedgers {
  /** The newest first; `after` is `next` of the page before. */
  audit(query: Page & { readonly after?: number; readonly subject?: string }): Promise<AuditLinesAnswer>
  verification(after: AuditAnchor): Promise<AuditVerificationAnswer>
  jobs(
    query: Page & { readonly which: 'waiting' | 'done'; readonly after: JobPlace | null },
  ): Promise<OperatorJobsAnswer>
  keys(): Promise<OperatorKeysAnswer>
}

/** Counting looks at every row: once a minute is often enough. */
const countEveryMs = 60_000

export function createReadLedgers({ store, keyring, clock }: ReadLedgersTools): ReadLedgers {
  const counts = new Map<string, { readonly until: number; readonly left: Promise<SealedRows> }>()

  async function leftOf(name: string): Promise<SealedRows> {
    const now = clock.now()
    const known = counts.get(name)
    if (known && known.until > now) return known.left
    const left = store.countSealed(Number(name))
    counts.set(name, { until: now + countEveryMs, left })
    left.catch(() => counts.delete(name))
    return left
  }

  return {
    async audit({ after, subject, limit = listedRows }) {
      const lines = await store.auditBefore({ before: after ?? null, subject: subject ?? null, limit })
      const last = lines.length < limit ? undefined : lines.at(-1)
      return { lines: lines.map(lineAnswer), next: last && last.seq > 1 ? String(last.seq) : null }
    },
    verification: after => checkAuditPart(store, after, checkedLines),
    async jobs({ which, after, limit = listedRows }) {
      const jobs = await store.listJobs({ which, after, limit })
      const last = jobs.length < limit ? undefined : jobs.at(-1)
      const at = last && (which === 'waiting' ? last.dueAt : last.doneAt)
      return { jobs: jobs.map(jobAnswer), next: last ? `${at}~${last.id}` : null }
    },
    async keys() {
      const keys = listKeys(keyring()).map(async ({ kind, name, use, since }) => ({
        kind,
        name,
        use,
        since: since === null ? null : isoTime(since),
        left: kind === 'root' && use !== 'current' ? await leftOf(name) : null,
      }))
      return { keys: await Promise.all(keys) }
    },
  }
}

function lineAnswer({ at, details, previous: _, ...line }: AuditEntry): AuditLine {
  return { ...line, at: isoTime(at), details: JSON.parse(details) as AuditLine['details'] }
}

function jobAnswer({ eventAt, dueAt, doneAt, ...job }: ListedJob): OperatorJob {
  return {
    ...job,
    eventAt: isoTime(eventAt),
    dueAt: dueAt === null ? null : isoTime(dueAt),
    doneAt: doneAt === null ? null : isoTime(doneAt),
  }
}
