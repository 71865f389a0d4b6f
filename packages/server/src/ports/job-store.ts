import type { AuditDraft } from '../domain/audit-entry.ts'
import type { Erasable, Erased } from '../domain/erasable.ts'

/** Work that was promised and is done later. */
export interface JobRow {
  readonly id: string
  /** What is to be done, such as `account-cancelled`. */
  readonly kind: string
  readonly appId: string
  /** What it is about, sealed with a root key. */
  readonly sealed: Uint8Array
  /** When that happened of which the job comes, by WeChat's clock. */
  readonly eventAt: number
  /** How often it was taken. */
  readonly attempts: number
}

export interface AddJob extends Omit<JobRow, 'attempts'> {
  /** Hash of what tells one event from another: however often WeChat repeats it, there is one job. */
  readonly event: Uint8Array
  /** Hash of timestamp and nonce of the message: a signature that does not cover the body speaks for one event only. */
  readonly stamp: Uint8Array
  readonly dueAt: number
}

/** What a job erases of a user. */
export type JobErasure = AccountErasure | PartsErasure

export interface AccountErasure {
  readonly what: 'account'
  readonly userId: string
  /** A session that began after this keeps the account. */
  readonly unlessLoginAfter: number
  /** See `eraseUser`. */
  readonly attempt: Uint8Array
}

export interface PartsErasure {
  readonly what: readonly Erasable[]
  readonly userId: string
  readonly appId: string
  /** What was told or proved later than this stays. */
  readonly until: number
  /** Also withdraws the consents that were given until then: `phone`, and `profile` when both its parts go. */
  readonly withdraw: boolean
  /** Random: names the lines in the history of consents. */
  readonly attempt: Uint8Array
}

export interface SettleJob {
  readonly now: number
  readonly jobId: string
  readonly holder: string
  /** `null`: there is nobody to erase anything of. */
  readonly erase: JobErasure | null
  /** The proof; how many rows went is added to its details. */
  readonly audit: AuditDraft
}

export type SettleJobOutcome =
  /** `doomed`: a picture whose file can be deleted now. */
  | {
      readonly status: 'settled'
      readonly erased: Erased
      readonly auditSeq: number
      readonly doomed: string | null
    }
  /** Somebody else has the job by now, or has done it. Nothing was written. */
  | { readonly status: 'lost' }

/** A job as operators see it: not what it is about. */
export interface ListedJob extends Omit<JobRow, 'sealed'> {
  /** `null` once it is done. */
  readonly dueAt: number | null
  readonly doneAt: number | null
  /** Line of the audit log that proves it. */
  readonly auditSeq: number | null
}

/** A place in a list of jobs. */
export interface JobPlace {
  /** `dueAt` or `doneAt`, whichever the list is ordered by. */
  readonly at: number
  readonly id: string
}

/** Jobs that survive the process which promised them. */
export interface JobStore {
  /**
   * Race: of any number of callers with one event exactly one adds a job, the others get `known`.
   * `stamp-used`: another event had the same stamp. Nothing was written then.
   */
  addJob(job: AddJob): Promise<'added' | 'known' | 'stamp-used'>
  /**
   * Takes the job that has been due for longest, and makes it due again at `until`: when its holder dies, it is taken
   * over then. Race: of any number of callers each job goes to exactly one.
   */
  takeJob(input: { readonly now: number; readonly holder: string; readonly until: number }): Promise<JobRow | null>
  /** Gives a job back for later. Nothing happens when it has another holder by now. */
  postponeJob(input: { readonly jobId: string; readonly holder: string; readonly dueAt: number }): Promise<void>
  /**
   * Erases, writes the proof and ends the job, in one step. What it was about goes; the number of the proof stays.
   * Race: of two holders of one job, the second after a lapsed lease, exactly one settles it.
   */
  settleJob(input: SettleJob): Promise<SettleJobOutcome>
  /** Those that are to be done, the first due first; or those that were done, the latest first. Behind `after`. */
  listJobs(input: {
    readonly which: 'waiting' | 'done'
    readonly after: JobPlace | null
    readonly limit: number
  }): Promise<readonly ListedJob[]>
}
