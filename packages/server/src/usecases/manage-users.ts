import type { Ids } from '../domain/ids.ts'
import { digest } from '../keys/digest.ts'
import type { MergeRow, UndoConflict } from '../ports/merge-store.ts'
import type { Store } from '../ports/store.ts'
import type { Merging } from './merge-users.ts'

export interface ManageUsersTools {
  readonly store: Store
  readonly merging: Merging
  readonly newId: Ids
}

/** A merge as an operator sees it; times in milliseconds since 1970. */
export type UserMerge = Omit<MergeRow, 'attempt'>

/** Users of one person, for operators: no session is asked for, and the audit log says who did it. */
export interface ManageUsers {
  /** Makes one of two users: `from` becomes `into`. Throws StorageFault. */
  merge(input: { readonly into: string; readonly from: string }): Promise<
    | { readonly status: 'merged'; readonly merge: UserMerge }
    /** Both are the same user; or one of them is not there, was erased or merged. */
    | { readonly status: 'self' | 'into-gone' | 'from-gone' }
  >
  /** Makes two of them again; doing it twice is the same as once. Throws StorageFault. */
  undoMerge(input: { readonly mergeId: string; readonly into: string }): Promise<
    | { readonly status: 'undone'; readonly merge: UserMerge }
    /** `late`: its time is over, or what it takes was erased. */
    | { readonly status: 'unknown' | 'late' }
    | { readonly status: 'conflict'; readonly what: UndoConflict }
  >
  /** The merges that a user survived, the newest 100, the newest first. */
  mergesOf(userId: string): Promise<readonly UserMerge[]>
  /** Who this user is now: the same id, the one they were merged into, or `null` when there is none (any more). */
  whoIs(userId: string): Promise<string | null>
}

export function createManageUsers({ store, merging, newId }: ManageUsersTools): ManageUsers {
  const by = () => ({ actor: 'operator', appId: null, requestId: newId() }) as const

  async function whoIs(userId: string): Promise<string | null> {
    const into = await store.mergedInto(userId)
    if (into !== null) return whoIs(into)
    return (await store.findUser(userId)) && userId
  }

  return {
    async merge({ into, from }) {
      if (into === from) return { status: 'self' }
      const attempt = digest('merge', into, from, newId())
      const outcome = await merging.merge({ survivorId: into, mergedId: from, attempt, sessions: null, by: by() })
      if (outcome.status === 'merged') return { status: 'merged', merge: told(outcome.merge) }
      return { status: outcome.who === 'survivor' ? 'into-gone' : 'from-gone' }
    },
    async undoMerge({ mergeId, into }) {
      const outcome = await merging.undo({ mergeId, survivorId: into, by: by() })
      return 'merge' in outcome ? { status: 'undone', merge: told(outcome.merge) } : outcome
    },
    mergesOf: async userId => (await store.mergesOf(userId)).map(told),
    whoIs,
  }
}

function told({ attempt: _, ...row }: MergeRow): UserMerge {
  return row
}
