import type {
  Merge,
  MergeAnswer,
  MergeCodeAnswer,
  MergeConflict,
  MergePreviewAnswer,
  MergeRequest,
  MergeSide,
  MergesAnswer,
} from '@weapp-auth/protocol/contract'
import { limits, listedRows } from '../domain/limits.ts'
import { maskPhone } from '../domain/mask-phone.ts'
import { isoTime } from '../domain/phone-answer.ts'
import { ProblemError } from '../domain/problem-error.ts'
import { digest } from '../keys/digest.ts'
import type { MergeCodes } from '../keys/merge-code.ts'
import type { Vault } from '../keys/vault.ts'
import type { Clock } from '../ports/clock.ts'
import type { MergeRow } from '../ports/merge-store.ts'
import type { Page } from '../ports/page.ts'
import type { SessionRow, Store } from '../ports/store.ts'
import { consentAnswer } from './keep-consents.ts'
import type { Merging } from './merge-users.ts'
import { phonePlace } from './open-phone.ts'
import type { OpenUser } from './open-user.ts'
import { nextOf } from './read-pages.ts'
import { isLive, type Session } from './session.ts'

export interface MergeMeTools {
  readonly store: Store
  readonly vault: Vault
  readonly mergeCodes: MergeCodes
  readonly merging: Merging
  readonly openUser: OpenUser
  readonly clock: Clock
}

/** Who asks. */
interface Asked {
  readonly session: Session
  readonly requestId: string
}

/** Merging by the person who holds a live session of both users. */
export interface MergeMe {
  /** Lets whoever holds this code merge the user who asks into their own account. */
  code(session: Session): MergeCodeAnswer
  /** Throws ProblemError merge_code_invalid, merge_self. */
  preview(session: Session, code: string): Promise<MergePreviewAnswer>
  /** The user who asks survives. Throws ProblemError merge_code_invalid, merge_self. */
  merge(input: MergeRequest & Asked): Promise<MergeAnswer>
  /** The newest first, page by page. */
  list(session: Session, page: Page): Promise<MergesAnswer>
  /** Throws ProblemError merge_unknown, merge_undo_late, merge_undo_conflict. */
  undo(input: Asked & { readonly mergeId: string }): Promise<MergeAnswer>
}

export function createMergeMe({ store, vault, mergeCodes, merging, openUser, clock }: MergeMeTools): MergeMe {
  /** The live session that made this code, which is of another user. */
  async function other(session: Session, code: string): Promise<SessionRow> {
    const claim = mergeCodes.read(code)
    const now = clock.now()
    const found = claim && claim.until > now ? await store.findSession(claim.sessionId) : null
    if (!found || !isLive(found, now)) throw new ProblemError('merge_code_invalid')
    if (found.userId === session.userId) throw new ProblemError('merge_self')
    return found
  }

  async function sideOf(userId: string): Promise<MergeSide> {
    const [account, identities, phones, consents] = await Promise.all([
      store.findAccount(userId),
      store.identitiesOf(userId),
      store.phonesOf(userId),
      store.consentsOf(userId),
    ])
    if (!account) throw new ProblemError('merge_code_invalid')
    const key = vault.openUserKey(account.user)
    const { profile, createdAt } = openUser({ ...account, phone: null }, () => key)
    return {
      createdAt,
      profile,
      identities: identities.map(({ appId }) => ({ appId })),
      phones: phones.map(({ id, sealedNumber, countryCode, replacedAt }) => ({
        masked: maskPhone({ number: key.open(sealedNumber, phonePlace(id)), countryCode }),
        countryCode,
        current: replacedAt === null,
      })),
      consents: consents.map(consentAnswer),
    }
  }

  async function answer(userId: string, row: MergeRow): Promise<MergeAnswer> {
    const account = await store.findAccount(userId)
    if (!account) throw new ProblemError('token_invalid')
    return { merge: mergeAnswer(row), user: openUser(account) }
  }

  return {
    code: ({ id }) => ({
      code: mergeCodes.mint({ sessionId: id, until: clock.now() + limits.mergeCode }),
      expiresIn: limits.mergeCode / 1000,
    }),
    async preview(session, code) {
      const { userId } = await other(session, code)
      const [survivor, merged] = await Promise.all([sideOf(session.userId), sideOf(userId)])
      return { survivor, merged, conflicts: conflictsOf(survivor, merged) }
    },
    async merge({ session, code, nonce, requestId }) {
      const { id, userId: survivorId, appId } = session
      const attempt = digest('merge', survivorId, code, nonce)
      // A merge ended the session behind its code: a repeat is known by its nonce alone.
      const earlier = await store.findMerge(survivorId, attempt)
      if (earlier) return answer(survivorId, earlier)
      const merged = await other(session, code)
      const sessions = { survivor: id, merged: merged.id }
      const by = { actor: 'user', appId, requestId } as const
      const outcome = await merging.merge({ survivorId, mergedId: merged.userId, attempt, sessions, by })
      if (outcome.status === 'merged') return answer(survivorId, outcome.merge)
      throw new ProblemError(outcome.who === 'survivor' ? 'token_invalid' : 'merge_code_invalid')
    },
    async list({ userId }, { after = null, limit = listedRows }) {
      const rows = await store.mergesOf(userId, { after, limit })
      return { merges: rows.map(mergeAnswer), next: nextOf(rows, limit, ({ id }) => id) }
    },
    async undo({ session: { userId, appId }, mergeId, requestId }) {
      const by = { actor: 'user', appId, requestId } as const
      const outcome = await merging.undo({ mergeId, survivorId: userId, by })
      if (outcome.status === 'unknown') throw new ProblemError('merge_unknown')
      if (outcome.status === 'late') throw new ProblemError('merge_undo_late')
      if (outcome.status === 'conflict') throw new ProblemError('merge_undo_conflict', { detail: outcome.what })
      return answer(userId, outcome.merge)
    },
  }
}

/** A merge as its survivor reads it. */
export function mergeAnswer({ id, mergedId, at, undoUntil, undoneAt, open }: Omit<MergeRow, 'attempt'>): Merge {
  return {
    id,
    mergedUserId: mergedId,
    mergedAt: isoTime(at),
    undoUntil: open ? isoTime(undoUntil) : null,
    undoneAt: undoneAt === null ? null : isoTime(undoneAt),
  }
}

/** What both have and one can have only once: the survivor's stays. */
function conflictsOf(survivor: MergeSide, merged: MergeSide): readonly MergeConflict[] {
  const has = {
    phone: (side: MergeSide) => side.phones.some(({ current }) => current),
    nickname: ({ profile }: MergeSide) => profile.nickname !== null,
    avatar: ({ profile }: MergeSide) => profile.avatarUrl !== null,
  }
  return (['phone', 'nickname', 'avatar'] as const).filter(what => has[what](survivor) && has[what](merged))
}
