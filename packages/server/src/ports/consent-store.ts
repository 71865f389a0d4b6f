import type { ConsentScope } from '@weapp-auth/protocol/contract'
import type { Page } from './page.ts'

/** One line of the history of consents. */
export interface ConsentRow {
  readonly appId: string
  readonly scope: ConsentScope
  readonly status: 'given' | 'withdrawn'
  /** Of the text; `null` in a withdrawal of what was never given here. */
  readonly version: string | null
  /** SHA-256 of the text, hexadecimal. */
  readonly textHash: string | null
  /** The key of a line among those of its user: what it was written with. */
  readonly attempt: Uint8Array
  readonly at: number
}

/** A line among those of all users. */
export interface ConsentLine extends ConsentRow {
  /** Grows from line to line, with gaps. */
  readonly row: number
  readonly userId: string
}

export interface RecordConsent {
  readonly now: number
  readonly userId: string
  readonly appId: string
  readonly scope: ConsentScope
  readonly version: string
  readonly textHash: string | null
  /** Hash of the client's nonce. */
  readonly attempt: Uint8Array
}

export interface WithdrawConsent {
  readonly now: number
  readonly userId: string
  readonly appId: string
  readonly scope: ConsentScope
  /** Random: a withdrawal that changes nothing adds no line, so it needs no nonce. */
  readonly attempt: Uint8Array
}

/** What each user agreed to. Lines are added and never changed; they hold nothing personal and outlive an erasure. */
export interface ConsentStore {
  /** `null` when the user was erased. Race: one attempt adds one line, whoever repeats it gets that line. */
  recordConsent(input: RecordConsent): Promise<ConsentRow | null>
  /**
   * Erases what the scope allowed, in the same step: `phone` every number with its history
   * and the messages on their way, `profile` nickname and
   * avatar (whose file is doomed), `privacy` both. When the scope is withdrawn already, no line is added.
   * `null` when the user was erased.
   */
  withdrawConsent(input: WithdrawConsent): Promise<ConsentRow | null>
  /** One question, however many lines there are: the newest of this scope and of `privacy` in this app. */
  newestConsent(userId: string, appId: string, scope: 'phone' | 'profile'): Promise<ConsentRow | null>
  /** The newest first; `after` is the `attempt` of a line, hexadecimal. */
  consentsOf(userId: string, page?: Page): Promise<readonly ConsentRow[]>
  /** Lines of all users, the oldest first: those behind number `row`; 0: from the first. */
  consentLinesAfter(row: number, limit: number): Promise<readonly ConsentLine[]>
}
