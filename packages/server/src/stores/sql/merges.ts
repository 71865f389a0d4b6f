// Reads better whole: what a merge moves, and how it comes back.
import { listedRows } from '../../domain/limits.ts'
import type {
  MergeRow,
  MergeUsers,
  MergeUsersOutcome,
  UndoConflict,
  UndoMerge,
  UndoMergeOutcome,
} from '../../ports/merge-store.ts'
import type { Page } from '../../ports/page.ts'
import { auditLog } from './audit-log.ts'
import { behindAllIds } from './behind-all.ts'
import { closeMerges } from './close-merges.ts'
import { holdLiveUser, holdUsers } from './hold-users.ts'
import { inOrder } from './in-order.ts'
import { profiles } from './profiles.ts'
import { sessions } from './sessions.ts'
import type { Statements, Step } from './statements.ts'
import { forgetTraces } from './traces.ts'

interface StoredMerge extends Omit<MergeRow, 'open'> {
  readonly closeAt: number | null
  readonly filledNickname: Uint8Array | null
  readonly filledAvatar: string | null
}

interface Told {
  readonly sealedNickname: Uint8Array | null
  readonly nicknameAt: number | null
  readonly avatarKey: string | null
  readonly avatarAt: number | null
}

interface Part {
  readonly kind: 'identity' | 'union-id' | 'phone' | 'consent'
  /** The key of its table; a number as text. */
  readonly ref: string
}

interface PhonePart {
  readonly phoneId: string
  readonly sealedNumber: Uint8Array
  readonly wasCurrent: 0 | 1
  readonly blindIndex: Uint8Array | null
  readonly replacedReason: string | null
}

/** Two users of one person become one, and two again. */
export function merges(sql: Statements) {
  const select = `
    SELECT id, survivor_id AS "survivorId", merged_id AS "mergedId", attempt, at, undo_until AS "undoUntil",
           undone_at AS "undoneAt", close_at AS "closeAt", filled_nickname AS "filledNickname", filled_avatar AS "filledAvatar"
    FROM account_merge`
  const byId = sql.one<[id: string], StoredMerge>(`${select} WHERE id = ?`)
  const byAttempt = sql.one<[survivorId: string, attempt: Uint8Array], StoredMerge>(
    `${select} WHERE survivor_id = ? AND attempt = ?`,
  )
  const ofSurvivor = sql.all<[survivorId: string, before: string, limit: number], StoredMerge>(
    `${select} WHERE survivor_id = ? AND id < ? ORDER BY id DESC LIMIT ?`,
  )
  const newestOpen = sql.one<[survivorId: string], { id: string }>(
    'SELECT id FROM account_merge WHERE survivor_id = ? AND close_at IS NOT NULL ORDER BY id DESC LIMIT 1',
  )
  const into = sql.one<[userId: string], { survivorId: string | null }>(
    'SELECT merged_into AS "survivorId" FROM "user" WHERE id = ?',
  )
  const holdLive = holdLiveUser(sql)
  const holdSession = sql.hold<[sessionId: string], { id: string }>('SELECT id FROM session WHERE id = ?')
  const told = sql.one<[userId: string], Told>(`
    SELECT sealed_nickname AS "sealedNickname", nickname_at AS "nicknameAt",
           avatar_key AS "avatarKey", avatar_at AS "avatarAt"
    FROM profile WHERE user_id = ?`)

  const add = sql.run<[string, string, string, Uint8Array, number, number, number, Uint8Array | null, string | null]>(`
    INSERT INTO account_merge
      (id, survivor_id, merged_id, attempt, at, undo_until, close_at, filled_nickname, filled_avatar)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const addPart = sql.run<
    [mergeId: string, kind: Part['kind'], ref: string, sealedNumber: Uint8Array | null, wasCurrent: 0 | 1]
  >('INSERT INTO merge_part (merge_id, kind, ref, sealed_number, was_current) VALUES (?, ?, ?, ?, ?)')
  const identitiesOf = sql.all<[userId: string], { id: number }>('SELECT id FROM identity WHERE user_id = ?')
  const unionIdsOf = sql.all<[userId: string], { id: string }>('SELECT union_id AS id FROM union_id WHERE user_id = ?')
  const phonesOf = sql.all<[userId: string], { id: string; sealedNumber: Uint8Array; wasCurrent: 0 | 1 }>(`
    SELECT phone_id AS id, sealed_number AS "sealedNumber",
           CASE WHEN replaced_at IS NULL THEN 1 ELSE 0 END AS "wasCurrent"
    FROM phone WHERE user_id = ?`)
  const consentsOf = sql.all<[mergedId: string, survivorId: string], { id: number }>(`
    SELECT t.id FROM consent t WHERE t.user_id = ?
      AND NOT EXISTS (SELECT 1 FROM consent o WHERE o.user_id = ? AND o.attempt = t.attempt)`)
  const partsOf = sql.all<[mergeId: string], Part>('SELECT kind, ref FROM merge_part WHERE merge_id = ? ORDER BY id')
  const move = {
    identity: sql.run<[userId: string, id: number]>('UPDATE identity SET user_id = ? WHERE id = ?'),
    unionId: sql.run<[userId: string, id: string]>('UPDATE union_id SET user_id = ? WHERE union_id = ?'),
    consent: sql.run<[userId: string, id: number]>('UPDATE consent SET user_id = ? WHERE id = ?'),
  }
  const hasPhone = sql.one<[userId: string], { found: 1 }>(
    'SELECT 1 AS found FROM phone WHERE user_id = ? AND replaced_at IS NULL',
  )
  const retirePhone = sql.run<[now: number, userId: string]>(`
    UPDATE phone SET replaced_at = ?, replaced_reason = 'merged' WHERE user_id = ? AND replaced_at IS NULL`)
  const movePhone = sql.run<[userId: string, sealedNumber: Uint8Array, phoneId: string]>(
    'UPDATE phone SET user_id = ?, sealed_number = ? WHERE phone_id = ?',
  )
  const eraseKeys = sql.run<[identityId: number]>('UPDATE session_key SET sealed = NULL WHERE identity_id = ?')
  const nicknameSince = sql.run<[at: number | null, survivorId: string]>(
    'UPDATE profile SET nickname_at = ? WHERE user_id = ?',
  )
  const avatarSince = sql.run<[at: number | null, survivorId: string]>(
    'UPDATE profile SET avatar_at = ? WHERE user_id = ?',
  )
  const forgetTracesOf = forgetTraces(sql)
  const bury = sql.run<[now: number, survivorId: string, mergedId: string]>(
    'UPDATE "user" SET erased_at = ?, merged_into = ? WHERE id = ?',
  )

  const phoneParts = sql.all<[survivorId: string, mergeId: string], PhonePart>(`
    SELECT m.ref AS "phoneId", m.sealed_number AS "sealedNumber", m.was_current AS "wasCurrent",
           p.blind_index AS "blindIndex", p.replaced_reason AS "replacedReason"
    FROM merge_part m LEFT JOIN phone p ON p.phone_id = m.ref AND p.user_id = ?
    WHERE m.merge_id = ? AND m.kind = 'phone'`)
  const otherOwner = sql.one<[blindIndex: Uint8Array, survivorId: string], { found: 1 }>(`
    SELECT 1 AS found FROM phone WHERE blind_index = ? AND replaced_at IS NULL AND user_id <> ? LIMIT 1`)
  const renewPhone = sql.run<[phoneId: string]>(
    'UPDATE phone SET replaced_at = NULL, replaced_reason = NULL WHERE phone_id = ?',
  )
  const unended = sql.all<[identityId: number], { id: string }>(
    'SELECT id FROM session WHERE ended_at IS NULL AND identity_id = ?',
  )
  const raise = sql.run<[mergedId: string]>('UPDATE "user" SET erased_at = NULL, merged_into = NULL WHERE id = ?')
  const clearNickname = sql.run<[userId: string, filled: Uint8Array]>(
    'UPDATE profile SET sealed_nickname = NULL WHERE user_id = ? AND sealed_nickname = ?',
  )
  const clearAvatar = sql.run<[userId: string, filled: string]>(
    'UPDATE profile SET avatar_key = NULL WHERE user_id = ? AND avatar_key = ?',
  )
  const removeParts = sql.run<[mergeId: string]>('DELETE FROM merge_part WHERE merge_id = ?')
  const endUndo = sql.run<[now: number, mergeId: string]>(`
    UPDATE account_merge SET undone_at = ?, close_at = NULL, filled_nickname = NULL, filled_avatar = NULL
    WHERE id = ?`)

  const { findSession, endSession, endSessionsOf } = sessions(sql)
  const { recordProfile } = profiles(sql)
  const { closeMergesOf } = closeMerges(sql)
  const { appendAudit } = auditLog(sql)

  return {
    /** Both users are held, and so is all that is theirs. */
    *mergeUsers(input: MergeUsers): Step<MergeUsersOutcome> {
      const { now, mergeId, survivorId, mergedId, attempt, undoUntil, audit } = input
      yield* holdUsers(sql, survivorId, mergedId)
      const refusal = yield* refusalOf(input)
      if (refusal) return refusal
      yield* closeMergesOf(mergedId, now)
      const reason = audit.actor === 'user' ? 'user' : 'operator'
      const ended = yield* endSessionsOf({ userId: mergedId, now, reason, which: { except: null } })
      const { filledNickname, filledAvatar } = yield* fillProfile(input)
      yield* add(mergeId, survivorId, mergedId, attempt, now, undoUntil, undoUntil, filledNickname, filledAvatar)
      const moved = yield* keepParts(input)
      if (yield* hasPhone(survivorId)) yield* retirePhone(now, mergedId)
      for (const { id, sealedNumber } of input.phones) yield* movePhone(survivorId, sealedNumber, id)
      yield* moveParts(yield* partsOf(mergeId), survivorId)
      yield* bury(now, survivorId, mergedId)
      yield* forgetTracesOf(mergedId)
      yield* appendAudit({ ...audit, details: { ...audit.details, ...moved, sessionsEnded: ended.length } })
      return { status: 'merged', merge: yield* found(mergeId), ended }
    },
    *undoMerge({ now, mergeId, survivorId, audit }: UndoMerge): Step<UndoMergeOutcome> {
      const named = yield* byId(mergeId)
      if (named?.survivorId !== survivorId) return { status: 'unknown' }
      yield* holdUsers(sql, survivorId, named.mergedId)
      const merge = (yield* byId(mergeId)) ?? named
      if (merge.undoneAt !== null) return { status: 'repeated', merge: rowOf(merge) }
      if (merge.closeAt === null || merge.closeAt <= now) return { status: 'late' }
      const numbers = yield* phoneParts(survivorId, mergeId)
      const what = yield* conflictOf(merge, numbers)
      if (what) return { status: 'conflict', what }
      const parts = yield* partsOf(mergeId)
      const ended = yield* endSessionsBy(parts, now, audit.actor === 'user' ? 'user' : 'operator')
      yield* raise(merge.mergedId)
      yield* moveParts(parts, merge.mergedId)
      yield* giveBack(numbers, merge)
      if (merge.filledNickname) yield* clearNickname(survivorId, merge.filledNickname)
      if (merge.filledAvatar) yield* clearAvatar(survivorId, merge.filledAvatar)
      yield* removeParts(mergeId)
      yield* endUndo(now, mergeId)
      yield* appendAudit({ ...audit, details: { ...audit.details, sessionsEnded: ended.length } })
      return { status: 'undone', merge: yield* found(mergeId), ended }
    },
    *mergesOf(survivorId: string, { after, limit = listedRows }: Page = {}): Step<readonly MergeRow[]> {
      return (yield* ofSurvivor(survivorId, after ?? behindAllIds, limit)).map(rowOf)
    },
    *findMerge(survivorId: string, attempt: Uint8Array): Step<MergeRow | null> {
      const merge = yield* byAttempt(survivorId, attempt)
      return merge ? rowOf(merge) : null
    },
    *mergedInto(userId: string): Step<string | null> {
      return (yield* into(userId))?.survivorId ?? null
    },
  }

  function* refusalOf(input: MergeUsers): Step<MergeUsersOutcome | null> {
    const { now, survivorId, mergedId, attempt, sessions: held, phones, nickname } = input
    const same = yield* byAttempt(survivorId, attempt)
    if (same) return { status: 'repeated', merge: rowOf(same) }
    if (!(yield* holdLive(survivorId))) return { status: 'gone', who: 'survivor' }
    if (!(yield* holdLive(mergedId))) return { status: 'gone', who: 'merged' }
    if (held && !(yield* isLive(held.survivor, survivorId, now))) return { status: 'session-ended', who: 'survivor' }
    if (held && !(yield* isLive(held.merged, mergedId, now))) return { status: 'session-ended', who: 'merged' }
    const read = new Set(phones.map(({ id }) => id))
    const stored = yield* phonesOf(mergedId)
    const samePhones = stored.length === read.size && stored.every(({ id }) => read.has(id))
    const sameNickname = sameBytes((yield* told(mergedId))?.sealedNickname, nickname?.was)
    return samePhones && sameNickname ? null : { status: 'changed' }
  }

  /** The session is held, so that it does not end meanwhile. */
  function* isLive(sessionId: string, userId: string, now: number): Step<boolean> {
    yield* holdSession(sessionId)
    const session = yield* findSession(sessionId)
    if (session?.userId !== userId || session.endedAt !== null) return false
    return now < session.idleUntil && now < session.absoluteUntil
  }

  /** Writes down what is the merged user's, and counts it. */
  function* keepParts({ mergeId, survivorId, mergedId }: MergeUsers) {
    const identities = yield* identitiesOf(mergedId)
    const unionIds = yield* unionIdsOf(mergedId)
    const phones = yield* phonesOf(mergedId)
    const consents = yield* consentsOf(mergedId, survivorId)
    for (const { id } of identities) yield* addPart(mergeId, 'identity', String(id), null, 0)
    for (const { id } of unionIds) yield* addPart(mergeId, 'union-id', id, null, 0)
    for (const { id, sealedNumber, wasCurrent } of phones)
      yield* addPart(mergeId, 'phone', id, sealedNumber, wasCurrent)
    for (const { id } of consents) yield* addPart(mergeId, 'consent', String(id), null, 0)
    return {
      identities: identities.length,
      unionIds: unionIds.length,
      phones: phones.length,
      consents: consents.length,
    }
  }

  /** Gives them to this user; phones are moved by themselves, sealed anew. */
  function* moveParts(parts: readonly Part[], userId: string): Step<void> {
    for (const { kind, ref } of parts) {
      if (kind === 'identity') {
        yield* eraseKeys(Number(ref))
        yield* move.identity(userId, Number(ref))
      } else if (kind === 'union-id') yield* move.unionId(userId, ref)
      else if (kind === 'consent') yield* move.consent(userId, Number(ref))
    }
  }

  function* endSessionsBy(parts: readonly Part[], now: number, reason: 'user' | 'operator'): Step<readonly string[]> {
    const ids: string[] = []
    for (const { kind, ref } of parts)
      if (kind === 'identity') for (const { id } of yield* unended(Number(ref))) ids.push(id)
    const ended: string[] = []
    for (const id of ids.sort()) if (yield* endSession(id, now, reason)) ended.push(id)
    return ended
  }

  /** Gives the survivor what they lack, as old as it is. */
  function* fillProfile({ now, survivorId, mergedId, nickname }: MergeUsers) {
    const survivor = yield* told(survivorId)
    const merged = yield* told(mergedId)
    const filledNickname = survivor?.sealedNickname ? null : (nickname?.sealed ?? null)
    const filledAvatar = survivor?.avatarKey ? null : (merged?.avatarKey ?? null)
    if (filledNickname) {
      yield* recordProfile({ now, askedAt: now, userId: survivorId, sealedNickname: filledNickname })
      yield* nicknameSince(merged?.nicknameAt ?? null, survivorId)
    }
    if (filledAvatar) {
      yield* recordProfile({ now, askedAt: now, userId: survivorId, avatarKey: filledAvatar })
      yield* avatarSince(merged?.avatarAt ?? null, survivorId)
    }
    return { filledNickname, filledAvatar }
  }

  function* conflictOf(merge: StoredMerge, parts: readonly PhonePart[]): Step<UndoConflict | null> {
    const newest = yield* newestOpen(merge.survivorId)
    if (newest?.id !== merge.id) return 'later-merge'
    if (parts.some(({ blindIndex }) => blindIndex === null)) return 'phone'
    const picture = (yield* told(merge.survivorId))?.avatarKey ?? null
    return merge.filledAvatar !== null && picture !== merge.filledAvatar ? 'avatar' : null
  }

  /** Their numbers are held: nobody becomes an owner of one while it is decided whether it is current again. */
  function* giveBack(parts: readonly PhonePart[], { mergedId, survivorId }: StoredMerge): Step<void> {
    const names = parts.flatMap(({ blindIndex }) => (blindIndex ? { name: blindIndex } : []))
    for (const { name } of inOrder(names)) yield* sql.holdName(name)
    for (const { phoneId, sealedNumber, wasCurrent, blindIndex, replacedReason } of parts) {
      const lost = replacedReason === 'transferred' || (blindIndex && (yield* otherOwner(blindIndex, survivorId)))
      yield* movePhone(mergedId, sealedNumber, phoneId)
      if (wasCurrent && !lost) yield* renewPhone(phoneId)
    }
  }

  function* found(mergeId: string): Step<MergeRow> {
    const merge = yield* byId(mergeId)
    if (!merge) throw new TypeError(`merge ${mergeId} was just written`)
    return rowOf(merge)
  }
}

function rowOf({ closeAt, filledNickname: _, filledAvatar: __, ...row }: StoredMerge): MergeRow {
  return { ...row, open: closeAt !== null }
}

function sameBytes(one: Uint8Array | null | undefined, other: Uint8Array | undefined): boolean {
  if (!one || !other) return !one && !other
  return Buffer.from(one).equals(other)
}
