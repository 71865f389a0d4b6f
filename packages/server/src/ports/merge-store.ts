import type { AuditDraft } from '../domain/audit-entry.ts'
import type { Page } from './page.ts'

/** Two users of one person who became one. */
export interface MergeRow {
  readonly id: string
  readonly survivorId: string
  readonly mergedId: string
  /** Hash of the client's nonce. */
  readonly attempt: Uint8Array
  readonly at: number
  readonly undoUntil: number
  readonly undoneAt: number | null
  /** True while what an undo needs is kept. */
  readonly open: boolean
}

export interface MergeUsers {
  readonly now: number
  readonly mergeId: string
  readonly survivorId: string
  readonly mergedId: string
  readonly attempt: Uint8Array
  readonly undoUntil: number
  /** Must be live, one of each user; `null`: an operator merges. */
  readonly sessions: { readonly survivor: string; readonly merged: string } | null
  /** Every number of the merged user, sealed anew for the survivor; in any order. */
  readonly phones: readonly { readonly id: string; readonly sealedNumber: Uint8Array }[]
  /** The merged user's nickname as it was read, and sealed anew; `null`: there was none. */
  readonly nickname: { readonly was: Uint8Array; readonly sealed: Uint8Array } | null
  /** How many rows moved is added to its details. */
  readonly audit: AuditDraft
}

export type MergeUsersOutcome =
  /** `ended`: the sessions of the merged user. */
  | { readonly status: 'merged'; readonly merge: MergeRow; readonly ended: readonly string[] }
  /** The same attempt has merged before. */
  | { readonly status: 'repeated'; readonly merge: MergeRow }
  /** The merged user is not as they were read: read them again and repeat. Nothing was written. */
  | { readonly status: 'changed' }
  /** One of both is erased, merged, or was never there. Nothing was written. */
  | { readonly status: 'gone'; readonly who: 'survivor' | 'merged' }
  | { readonly status: 'session-ended'; readonly who: 'survivor' | 'merged' }

export interface UndoMerge {
  readonly now: number
  readonly mergeId: string
  readonly survivorId: string
  readonly audit: AuditDraft
}

/** What keeps a merge from being undone: a later merge of the survivor, or a part that the survivor changed. */
export type UndoConflict = 'later-merge' | 'phone' | 'avatar'

export type UndoMergeOutcome =
  /** `ended`: the sessions that began by an identity which goes back. */
  | { readonly status: 'undone'; readonly merge: MergeRow; readonly ended: readonly string[] }
  | { readonly status: 'repeated'; readonly merge: MergeRow }
  | { readonly status: 'unknown' }
  /** Its time is over, or what it needs was erased. */
  | { readonly status: 'late' }
  | { readonly status: 'conflict'; readonly what: UndoConflict }

/** Two users of one person become one. Why it is as it is: docs/decisions/0014-merges.md. */
export interface MergeStore {
  /**
   * Moves identities, unionids, phones with their history and consents to the survivor, fills the empty fields of the
   * survivor's profile, ends the sessions of the merged user and erases their session_keys. A survivor with a number
   * keeps it; the other one becomes history, `merged`. The merged user is gone like an erased one, and their own merges
   * can no longer be undone.
   *
   * Race: of any number of merges with one of both users, exactly one happens; against a login, a phone, a profile, a
   * consent or an erasure of the merged user, either that comes first and is merged too (or the caller reads again),
   * or it finds nobody. Whoever reads the merged user's identity later finds the survivor.
   */
  mergeUsers(input: MergeUsers): Promise<MergeUsersOutcome>
  /**
   * Gives back what the merge moved, as it was: numbers sealed as they were, the current one current again unless
   * somebody else has it by now. Race: of any number of callers exactly one undoes it, the others get `repeated`.
   */
  undoMerge(input: UndoMerge): Promise<UndoMergeOutcome>
  /** The merges that this user survived, the newest first. */
  mergesOf(survivorId: string, page?: Page): Promise<readonly MergeRow[]>
  /** The merge that this attempt made, by the hash of its nonce. */
  findMerge(survivorId: string, attempt: Uint8Array): Promise<MergeRow | null>
  /** Who a merged user is now; `null` for everybody else. */
  mergedInto(userId: string): Promise<string | null>
}
