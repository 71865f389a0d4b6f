import type { AuditActor, AuditDetails } from '../domain/audit-entry.ts'
import type { Ids } from '../domain/ids.ts'
import type { Vault } from '../keys/vault.ts'
import type { Clock } from '../ports/clock.ts'
import type { MergeRow, MergeUsers, MergeUsersOutcome, UndoMergeOutcome } from '../ports/merge-store.ts'
import type { Observe } from '../ports/observer.ts'
import { StorageFault, type Store } from '../ports/store.ts'
import { phonePlace } from './open-phone.ts'
import { nicknamePlace } from './open-user.ts'
import { readPages } from './read-pages.ts'

export interface MergeUsersTools {
  readonly store: Store
  readonly vault: Vault
  readonly clock: Clock
  readonly newId: Ids
  readonly tell: Observe
  /** How long a merge can be undone, in milliseconds. */
  readonly mergeUndoMs: number
}

/** Who merges, for the audit log and the events. */
interface By {
  readonly actor: Extract<AuditActor, 'user' | 'operator'>
  readonly appId: string | null
  readonly requestId: string
  /** More facts for the audit log, such as which operator and why. */
  readonly note?: AuditDetails
}

interface MergeInput extends Pick<MergeUsers, 'survivorId' | 'mergedId' | 'attempt' | 'sessions'> {
  readonly by: By
}

/** The two are one now, or why they are not. */
type MergeOutcome =
  | { readonly status: 'merged'; readonly merge: MergeRow }
  | Exclude<MergeUsersOutcome, { status: 'merged' | 'repeated' | 'changed' }>

/** Makes one of two users, and two of one. */
export interface Merging {
  /** Two different users. */
  merge(input: MergeInput): Promise<MergeOutcome>
  undo(input: { readonly mergeId: string; readonly survivorId: string; readonly by: By }): Promise<UndoMergeOutcome>
}

/** Merges that meet a change of the merged user: read again. */
const races = 3

/**
 * What is sealed with the key of the merged user is sealed anew for the survivor before the store is asked; the store
 * refuses when it has other rows by then, and they are read again.
 */
export function createMergeUsers({ store, vault, clock, newId, tell, mergeUndoMs }: MergeUsersTools): Merging {
  async function attempt(input: MergeInput): Promise<MergeUsersOutcome> {
    const { survivorId, mergedId, sessions, by } = input
    const [survivor, merged, phones] = await Promise.all([
      store.findAccount(survivorId),
      store.findAccount(mergedId),
      readPages(
        page => store.phonesOf(mergedId, page),
        ({ id }) => id,
      ),
    ])
    if (!survivor) return { status: 'gone', who: 'survivor' }
    if (!merged) return { status: 'gone', who: 'merged' }
    const [from, to] = [vault.openUserKey(merged.user), vault.openUserKey(survivor.user)]
    const was = merged.profile.sealedNickname
    const now = clock.now()
    const mergeId = newId()
    const { actor, appId, note } = by
    return store.mergeUsers({
      now,
      mergeId,
      survivorId,
      mergedId,
      attempt: input.attempt,
      undoUntil: now + mergeUndoMs,
      sessions,
      phones: phones.map(({ id, sealedNumber }) => {
        const place = phonePlace(id)
        return { id, sealedNumber: to.seal(from.open(sealedNumber, place), place) }
      }),
      nickname: was && { was, sealed: to.seal(from.open(was, nicknamePlace(mergedId)), nicknamePlace(survivorId)) },
      audit: {
        at: now,
        actor,
        act: 'users-merged',
        appId,
        subject: survivorId,
        details: { ...note, mergeId, mergedId },
      },
    })
  }

  function same({ survivorId, attempt: wanted }: MergeInput): Promise<MergeRow | null> {
    return store.findMerge(survivorId, wanted)
  }

  function tellEnded(ended: readonly string[], { requestId, actor: reason }: By): void {
    for (const sessionId of ended) tell({ type: 'session-ended', requestId, sessionId, reason })
  }

  return {
    async merge(input) {
      const { by } = input
      for (let race = 0; race < races; race += 1) {
        const outcome = await attempt(input)
        if (outcome.status === 'changed') continue
        if (outcome.status === 'gone' || outcome.status === 'session-ended') {
          const earlier = await same(input)
          return earlier ? { status: 'merged', merge: earlier } : outcome
        }
        if (outcome.status === 'merged') {
          tell({ type: 'users-merged', ...told(outcome.merge, by), sessionsEnded: outcome.ended.length })
          tellEnded(outcome.ended, by)
        }
        return { status: 'merged', merge: outcome.merge }
      }
      throw new StorageFault('busy')
    },
    async undo({ mergeId, survivorId, by }) {
      const now = clock.now()
      const { actor, appId, note } = by
      const audit = { at: now, actor, act: 'merge-undone', appId, subject: survivorId, details: { ...note, mergeId } }
      const outcome = await store.undoMerge({ now, mergeId, survivorId, audit })
      if (outcome.status === 'undone') {
        tell({ type: 'merge-undone', ...told(outcome.merge, by), sessionsEnded: outcome.ended.length })
        tellEnded(outcome.ended, by)
      }
      return outcome
    },
  }
}

function told({ id, survivorId, mergedId }: MergeRow, { requestId, actor }: By) {
  return { requestId, mergeId: id, userId: survivorId, mergedUserId: mergedId, by: actor }
}
