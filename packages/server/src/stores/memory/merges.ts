// Reads better whole: what a merge moves, and how it comes back.
import type { AuditDraft } from '../../domain/audit-entry.ts'
import type { MergeRow, MergeStore, MergeUsers, MergeUsersOutcome, UndoConflict } from '../../ports/merge-store.ts'
import type { IdentityRow, PhoneRow, SessionRow, UserRow } from '../../ports/store.ts'
import type { Consents, Line } from './consents.ts'
import { hex } from './hex.ts'
import { pageOf } from './page-of.ts'
import type { Filled, Profiles } from './profiles.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export interface MergesTools {
  readonly users: Map<string, UserRow>
  readonly identities: ReadonlyMap<string, IdentityRow>
  readonly unionIds: Map<string, string>
  readonly phones: ReadonlyMap<string, Mutable<PhoneRow>>
  /** Puts the numbers of a user in order again. */
  readonly sortPhones: (userId: string) => void
  readonly sessions: ReadonlyMap<string, SessionRow>
  readonly end: (sessionId: string, now: number) => void
  readonly eraseKeysOf: (identity: IdentityRow) => void
  /** Gives an identity to another user, with its sessions and logins. */
  readonly reassign: (identity: IdentityRow, userId: string) => void
  readonly profiles: Profiles
  readonly consents: Consents
  readonly forgetTraces: (userId: string) => void
  readonly append: (draft: AuditDraft) => void
}

/** What an undo needs. */
interface Plan {
  readonly identities: readonly IdentityRow[]
  readonly unionIds: readonly string[]
  readonly phones: readonly { readonly id: string; readonly sealedNumber: Uint8Array; readonly wasCurrent: boolean }[]
  readonly consents: readonly Line[]
  readonly filled: Filled
}

interface Merge extends Mutable<Omit<MergeRow, 'open'>> {
  plan: Plan | null
}

/** Two users of one person become one, and two again. */
export function createMerges(tools: MergesTools) {
  const { users, identities, unionIds, phones, sortPhones, sessions, end, eraseKeysOf, reassign, profiles, consents } =
    tools
  /** The oldest first. */
  const merges: Merge[] = []
  const into = new Map<string, string>()
  /** Merged users whose key is kept for the undo. */
  const kept = new Map<string, UserRow>()
  const mergesOf = (survivorId: string) => merges.filter(merge => merge.survivorId === survivorId).reverse()
  const mergeBy = (survivorId: string, attempt: Uint8Array) =>
    mergesOf(survivorId).find(merge => hex(merge.attempt) === hex(attempt))
  const phonesOf = (userId: string) => [...phones.values()].filter(phone => phone.userId === userId)

  function close(merge: Merge, now: number): void {
    merge.plan = null
    kept.delete(merge.mergedId)
    profiles.bury(merge.mergedId, merge.survivorId, now)
  }

  function closeMergesOf(survivorId: string, now: number): void {
    for (const merge of mergesOf(survivorId)) if (merge.plan) close(merge, now)
  }

  function endSessions(own: readonly IdentityRow[], now: number): readonly string[] {
    const belongs = (session: SessionRow) =>
      own.some(({ appId, openId }) => session.appId === appId && session.openId === openId)
    const ended = [...sessions.values()].filter(session => session.endedAt === null && belongs(session))
    for (const { id } of ended) end(id, now)
    for (const identity of own) eraseKeysOf(identity)
    return ended.map(({ id }) => id).sort()
  }

  function assign(plan: Plan, userId: string): void {
    for (const identity of plan.identities) reassign(identity, userId)
    for (const unionId of plan.unionIds) unionIds.set(unionId, userId)
  }

  function refusalOf(input: MergeUsers): MergeUsersOutcome | null {
    const { now, survivorId, mergedId, attempt, sessions: held, nickname } = input
    const same = mergeBy(survivorId, attempt)
    if (same) return { status: 'repeated', merge: rowOf(same) }
    if (!users.has(survivorId)) return { status: 'gone', who: 'survivor' }
    if (!users.has(mergedId)) return { status: 'gone', who: 'merged' }
    if (held && !isLive(sessions.get(held.survivor), survivorId, now))
      return { status: 'session-ended', who: 'survivor' }
    if (held && !isLive(sessions.get(held.merged), mergedId, now)) return { status: 'session-ended', who: 'merged' }
    const read = input.phones.map(({ id }) => id).sort()
    const stored = phonesOf(mergedId).map(({ id }) => id)
    const samePhones = stored.sort().join() === read.join()
    const was = profiles.of(mergedId).sealedNickname
    const sameNickname = (was && hex(was)) === (nickname && hex(nickname.was))
    return samePhones && sameNickname ? null : { status: 'changed' }
  }

  function conflictOf(merge: Merge, plan: Plan): UndoConflict | null {
    if (mergesOf(merge.survivorId).find(one => one.plan) !== merge) return 'later-merge'
    if (plan.phones.some(({ id }) => phones.get(id)?.userId !== merge.survivorId)) return 'phone'
    const { avatarKey } = plan.filled
    return avatarKey !== null && profiles.of(merge.survivorId).avatarKey !== avatarKey ? 'avatar' : null
  }

  function giveBack({ id, sealedNumber, wasCurrent }: Plan['phones'][number], { mergedId, survivorId }: Merge): void {
    const phone = phones.get(id)
    if (!phone) return
    const same = (one: PhoneRow) => hex(one.blindIndex) === hex(phone.blindIndex) && one.replacedAt === null
    const isOthers = [...phones.values()].some(one => same(one) && one.userId !== survivorId)
    const lost = phone.replacedReason === 'transferred' || isOthers
    Object.assign(phone, { userId: mergedId, sealedNumber })
    if (wasCurrent && !lost) Object.assign(phone, { replacedAt: null, replacedReason: null })
  }

  const store: MergeStore = {
    async mergeUsers(input) {
      const { now, mergeId, survivorId, mergedId, attempt, undoUntil, audit } = input
      const refusal = refusalOf(input)
      const user = users.get(mergedId)
      if (refusal || !user) return refusal ?? { status: 'gone', who: 'merged' }
      closeMergesOf(mergedId, now)
      const own = [...identities.values()].filter(identity => identity.userId === mergedId)
      const ended = endSessions(own, now)
      const numbers = phonesOf(mergedId)
      const keepsOwn = phonesOf(survivorId).some(({ replacedAt }) => replacedAt === null)
      const plan: Plan = {
        identities: own,
        unionIds: [...unionIds].flatMap(([unionId, owner]) => (owner === mergedId ? unionId : [])),
        phones: numbers.map(({ id, sealedNumber, replacedAt }) => ({
          id,
          sealedNumber,
          wasCurrent: replacedAt === null,
        })),
        consents: consents.move(mergedId, survivorId),
        filled: profiles.fill(mergedId, survivorId, input.nickname?.sealed ?? null, now),
      }
      for (const { id, sealedNumber } of input.phones) {
        const phone = phones.get(id)
        if (!phone) continue
        if (keepsOwn && phone.replacedAt === null) Object.assign(phone, { replacedAt: now, replacedReason: 'merged' })
        Object.assign(phone, { userId: survivorId, sealedNumber })
      }
      sortPhones(survivorId)
      sortPhones(mergedId)
      assign(plan, survivorId)
      users.delete(mergedId)
      tools.forgetTraces(mergedId)
      kept.set(mergedId, user)
      into.set(mergedId, survivorId)
      const merge: Merge = { id: mergeId, survivorId, mergedId, attempt, at: now, undoUntil, undoneAt: null, plan }
      merges.push(merge)
      const moved = {
        identities: own.length,
        unionIds: plan.unionIds.length,
        phones: numbers.length,
        consents: plan.consents.length,
      }
      tools.append({ ...audit, details: { ...audit.details, ...moved, sessionsEnded: ended.length } })
      return { status: 'merged', merge: rowOf(merge), ended }
    },
    async undoMerge({ now, mergeId, survivorId, audit }) {
      const merge = mergesOf(survivorId).find(({ id }) => id === mergeId)
      if (!merge) return { status: 'unknown' }
      if (merge.undoneAt !== null) return { status: 'repeated', merge: rowOf(merge) }
      const { plan, mergedId } = merge
      const user = kept.get(mergedId)
      if (!plan || !user || merge.undoUntil <= now) return { status: 'late' }
      const what = conflictOf(merge, plan)
      if (what) return { status: 'conflict', what }
      const ended = endSessions(plan.identities, now)
      users.set(mergedId, user)
      kept.delete(mergedId)
      into.delete(mergedId)
      assign(plan, mergedId)
      consents.giveBack(survivorId, mergedId, plan.consents)
      for (const one of plan.phones) giveBack(one, merge)
      sortPhones(survivorId)
      sortPhones(mergedId)
      profiles.unfill(survivorId, plan.filled)
      merge.plan = null
      merge.undoneAt = now
      tools.append({ ...audit, details: { ...audit.details, sessionsEnded: ended.length } })
      return { status: 'undone', merge: rowOf(merge), ended }
    },
    mergesOf: async (survivorId, page) => pageOf(mergesOf(survivorId), ({ id }) => id, page).map(rowOf),
    async findMerge(survivorId, attempt) {
      const merge = mergeBy(survivorId, attempt)
      return merge ? rowOf(merge) : null
    },
    mergedInto: async userId => into.get(userId) ?? null,
  }

  return {
    store,
    kept,
    closeMergesOf,
    /** When this user was merged, and into whom; `null` for everybody else. */
    goneOf(userId: string) {
      const mergedInto = into.get(userId)
      const merge = merges.filter(one => one.mergedId === userId).at(-1)
      return mergedInto === undefined || !merge ? null : { goneAt: merge.at, mergedInto }
    },
    /** Answers how many merges can no longer be undone. */
    sweep(now: number): number {
      const due = merges.filter(({ plan, undoUntil }) => plan && undoUntil <= now)
      for (const merge of due) close(merge, now)
      return due.length
    },
  }
}

function rowOf({ plan, ...row }: Merge): MergeRow {
  return { ...row, open: plan !== null }
}

function isLive(session: SessionRow | undefined, userId: string, now: number): boolean {
  if (session?.userId !== userId || session.endedAt !== null) return false
  return now < session.idleUntil && now < session.absoluteUntil
}
