// Reads better whole: what a merge moves, and how it comes back.
import type {
  MergeRow,
  MergeUsers,
  MergeUsersOutcome,
  UndoConflict,
  UndoMerge,
  UndoMergeOutcome,
} from '../../ports/merge-store.ts'
import type { SessionRow } from '../../ports/store.ts'
import { auditLog } from './audit-log.ts'
import { closeMerges } from './close-merges.ts'
import { profiles } from './profiles.ts'
import { sessions } from './sessions.ts'
import type { Statements } from './statements.ts'

interface StoredMerge extends Omit<MergeRow, 'open'> {
  readonly closeAt: number | null
  readonly filledNickname: Uint8Array | null
  readonly filledAvatar: string | null
}

interface Told {
  readonly sealedNickname: Uint8Array | null
  readonly avatarKey: string | null
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
    SELECT id, survivor_id AS survivorId, merged_id AS mergedId, attempt, at, undo_until AS undoUntil,
           undone_at AS undoneAt, close_at AS closeAt, filled_nickname AS filledNickname, filled_avatar AS filledAvatar
    FROM account_merge`
  const byId = sql.one<[id: string], StoredMerge>(`${select} WHERE id = ?`)
  const byAttempt = sql.one<[survivorId: string, attempt: Uint8Array], StoredMerge>(
    `${select} WHERE survivor_id = ? AND attempt = ?`,
  )
  const ofSurvivor = sql.all<[survivorId: string], StoredMerge>(`${select} WHERE survivor_id = ? ORDER BY id DESC`)
  const into = sql.one<[userId: string], { survivorId: string | null }>(
    'SELECT merged_into AS survivorId FROM "user" WHERE id = ?',
  )
  const live = sql.one<[userId: string], { found: 1 }>(
    'SELECT 1 AS found FROM "user" WHERE id = ? AND erased_at IS NULL',
  )
  const told = sql.one<[userId: string], Told>(
    'SELECT sealed_nickname AS sealedNickname, avatar_key AS avatarKey FROM profile WHERE user_id = ?',
  )
  const phoneIds = sql.all<[userId: string], { id: string }>('SELECT phone_id AS id FROM phone WHERE user_id = ?')

  const add = sql.run<[string, string, string, Uint8Array, number, number, number, Uint8Array | null, string | null]>(`
    INSERT INTO account_merge
      (id, survivor_id, merged_id, attempt, at, undo_until, close_at, filled_nickname, filled_avatar)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const part = (kind: string, ref: string, table: string, rest = 'NULL, 0', where = '') =>
    sql.run<[mergeId: string, userId: string]>(`
      INSERT INTO merge_part (merge_id, kind, ref, sealed_number, was_current)
      SELECT ?, '${kind}', ${ref}, ${rest} FROM ${table} t WHERE t.user_id = ? ${where}`)
  const keepIdentities = part('identity', 'CAST(t.id AS TEXT)', 'identity')
  const keepUnionIds = part('union-id', 't.union_id', 'union_id')
  const keepPhones = part('phone', 't.phone_id', 'phone', 't.sealed_number, t.replaced_at IS NULL')
  const keepConsents = sql.run<[mergeId: string, mergedId: string, survivorId: string]>(`
    INSERT INTO merge_part (merge_id, kind, ref, was_current)
    SELECT ?, 'consent', CAST(t.id AS TEXT), 0 FROM consent t WHERE t.user_id = ?
      AND NOT EXISTS (SELECT 1 FROM consent o WHERE o.user_id = ? AND o.attempt = t.attempt)`)
  const refs = (kind: string) => `SELECT ref FROM merge_part WHERE merge_id = ? AND kind = '${kind}'`
  const numbers = (kind: string) =>
    `SELECT CAST(ref AS INTEGER) FROM merge_part WHERE merge_id = ? AND kind = '${kind}'`
  const moves = [
    `UPDATE identity SET user_id = ? WHERE id IN (${numbers('identity')})`,
    `UPDATE union_id SET user_id = ? WHERE union_id IN (${refs('union-id')})`,
    `UPDATE consent SET user_id = ? WHERE id IN (${numbers('consent')})`,
  ].map(move => sql.run<[userId: string, mergeId: string]>(move))
  const hasPhone = sql.one<[userId: string], { found: 1 }>(
    'SELECT 1 AS found FROM phone WHERE user_id = ? AND replaced_at IS NULL',
  )
  const retirePhone = sql.run<[now: number, userId: string]>(`
    UPDATE phone SET replaced_at = ?, replaced_reason = 'merged' WHERE user_id = ? AND replaced_at IS NULL`)
  const movePhone = sql.run<[userId: string, sealedNumber: Uint8Array, phoneId: string]>(
    'UPDATE phone SET user_id = ?, sealed_number = ? WHERE phone_id = ?',
  )
  const eraseKeys = sql.run<[mergeId: string]>(
    `UPDATE session_key SET sealed = NULL WHERE identity_id IN (${numbers('identity')})`,
  )
  const nicknameSince = sql.run<[mergedId: string, survivorId: string]>(
    'UPDATE profile SET nickname_at = (SELECT nickname_at FROM profile WHERE user_id = ?) WHERE user_id = ?',
  )
  const avatarSince = sql.run<[mergedId: string, survivorId: string]>(
    'UPDATE profile SET avatar_at = (SELECT avatar_at FROM profile WHERE user_id = ?) WHERE user_id = ?',
  )
  const bury = sql.run<[now: number, survivorId: string, mergedId: string]>(
    'UPDATE "user" SET erased_at = ?, merged_into = ? WHERE id = ?',
  )

  const phoneParts = sql.all<[survivorId: string, mergeId: string], PhonePart>(`
    SELECT m.ref AS phoneId, m.sealed_number AS sealedNumber, m.was_current AS wasCurrent,
           p.blind_index AS blindIndex, p.replaced_reason AS replacedReason
    FROM merge_part m LEFT JOIN phone p ON p.phone_id = m.ref AND p.user_id = ?
    WHERE m.merge_id = ? AND m.kind = 'phone'`)
  const otherOwner = sql.one<[blindIndex: Uint8Array, survivorId: string], { found: 1 }>(`
    SELECT 1 AS found FROM phone WHERE blind_index = ? AND replaced_at IS NULL AND user_id <> ? LIMIT 1`)
  const renewPhone = sql.run<[phoneId: string]>(
    'UPDATE phone SET replaced_at = NULL, replaced_reason = NULL WHERE phone_id = ?',
  )
  const unended = sql.all<[mergeId: string], { id: string }>(`
    SELECT id FROM session WHERE ended_at IS NULL AND identity_id IN (${numbers('identity')}) ORDER BY id`)
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
    mergeUsers(input: MergeUsers): MergeUsersOutcome {
      const { now, mergeId, survivorId, mergedId, attempt, undoUntil, audit } = input
      const refusal = refusalOf(input)
      if (refusal) return refusal
      closeMergesOf(mergedId, now)
      const reason = audit.actor === 'user' ? 'user' : 'operator'
      const ended = endSessionsOf({ userId: mergedId, now, reason, which: { except: null } })
      const { filledNickname, filledAvatar } = fillProfile(input)
      add(mergeId, survivorId, mergedId, attempt, now, undoUntil, undoUntil, filledNickname, filledAvatar)
      const moved = {
        identities: keepIdentities(mergeId, mergedId),
        unionIds: keepUnionIds(mergeId, mergedId),
        phones: keepPhones(mergeId, mergedId),
        consents: keepConsents(mergeId, mergedId, survivorId),
      }
      eraseKeys(mergeId)
      if (hasPhone(survivorId)) retirePhone(now, mergedId)
      for (const { id, sealedNumber } of input.phones) movePhone(survivorId, sealedNumber, id)
      for (const move of moves) move(survivorId, mergeId)
      bury(now, survivorId, mergedId)
      appendAudit({ ...audit, details: { ...audit.details, ...moved, sessionsEnded: ended.length } })
      return { status: 'merged', merge: found(mergeId), ended }
    },
    undoMerge({ now, mergeId, survivorId, audit }: UndoMerge): UndoMergeOutcome {
      const merge = byId(mergeId)
      if (merge?.survivorId !== survivorId) return { status: 'unknown' }
      if (merge.undoneAt !== null) return { status: 'repeated', merge: rowOf(merge) }
      if (merge.closeAt === null || merge.closeAt <= now) return { status: 'late' }
      const parts = phoneParts(survivorId, mergeId)
      const what = conflictOf(merge, parts)
      if (what) return { status: 'conflict', what }
      const ended = unended(mergeId).map(({ id }) => id)
      for (const id of ended) endSession(id, now, audit.actor === 'user' ? 'user' : 'operator')
      eraseKeys(mergeId)
      raise(merge.mergedId)
      for (const move of moves) move(merge.mergedId, mergeId)
      for (const one of parts) giveBack(one, merge)
      if (merge.filledNickname) clearNickname(survivorId, merge.filledNickname)
      if (merge.filledAvatar) clearAvatar(survivorId, merge.filledAvatar)
      removeParts(mergeId)
      endUndo(now, mergeId)
      appendAudit({ ...audit, details: { ...audit.details, sessionsEnded: ended.length } })
      return { status: 'undone', merge: found(mergeId), ended }
    },
    mergesOf: (survivorId: string): readonly MergeRow[] => ofSurvivor(survivorId).map(rowOf),
    mergedInto: (userId: string): string | null => into(userId)?.survivorId ?? null,
  }

  function refusalOf(input: MergeUsers): MergeUsersOutcome | null {
    const { now, survivorId, mergedId, attempt, sessions: held, phones, nickname } = input
    const same = byAttempt(survivorId, attempt)
    if (same) return { status: 'repeated', merge: rowOf(same) }
    if (!live(survivorId)) return { status: 'gone', who: 'survivor' }
    if (!live(mergedId)) return { status: 'gone', who: 'merged' }
    if (held && !isLive(findSession(held.survivor), survivorId, now))
      return { status: 'session-ended', who: 'survivor' }
    if (held && !isLive(findSession(held.merged), mergedId, now)) return { status: 'session-ended', who: 'merged' }
    const read = new Set(phones.map(({ id }) => id))
    const stored = phoneIds(mergedId)
    const samePhones = stored.length === read.size && stored.every(({ id }) => read.has(id))
    return samePhones && sameBytes(told(mergedId)?.sealedNickname, nickname?.was) ? null : { status: 'changed' }
  }

  /** Gives the survivor what they lack, as old as it is. */
  function fillProfile({ now, survivorId, mergedId, nickname }: MergeUsers) {
    const survivor = told(survivorId)
    const filledNickname = survivor?.sealedNickname ? null : (nickname?.sealed ?? null)
    const filledAvatar = survivor?.avatarKey ? null : (told(mergedId)?.avatarKey ?? null)
    if (filledNickname) {
      recordProfile({ now, askedAt: now, userId: survivorId, sealedNickname: filledNickname })
      nicknameSince(mergedId, survivorId)
    }
    if (filledAvatar) {
      recordProfile({ now, askedAt: now, userId: survivorId, avatarKey: filledAvatar })
      avatarSince(mergedId, survivorId)
    }
    return { filledNickname, filledAvatar }
  }

  function conflictOf(merge: StoredMerge, parts: readonly PhonePart[]): UndoConflict | null {
    const newest = ofSurvivor(merge.survivorId).find(({ closeAt }) => closeAt !== null)
    if (newest?.id !== merge.id) return 'later-merge'
    if (parts.some(({ blindIndex }) => blindIndex === null)) return 'phone'
    const picture = told(merge.survivorId)?.avatarKey ?? null
    return merge.filledAvatar !== null && picture !== merge.filledAvatar ? 'avatar' : null
  }

  function giveBack(one: PhonePart, { mergedId, survivorId }: StoredMerge): void {
    const { phoneId, sealedNumber, wasCurrent, blindIndex, replacedReason } = one
    const lost = replacedReason === 'transferred' || (blindIndex && otherOwner(blindIndex, survivorId))
    movePhone(mergedId, sealedNumber, phoneId)
    if (wasCurrent && !lost) renewPhone(phoneId)
  }

  function found(mergeId: string): MergeRow {
    const merge = byId(mergeId)
    if (!merge) throw new TypeError(`merge ${mergeId} was just written`)
    return rowOf(merge)
  }
}

function rowOf({ closeAt, filledNickname: _, filledAvatar: __, ...row }: StoredMerge): MergeRow {
  return { ...row, open: closeAt !== null }
}

function isLive(session: SessionRow | null, userId: string, now: number): boolean {
  if (session?.userId !== userId || session.endedAt !== null) return false
  return now < session.idleUntil && now < session.absoluteUntil
}

function sameBytes(one: Uint8Array | null | undefined, other: Uint8Array | undefined): boolean {
  if (!one || !other) return !one && !other
  return Buffer.from(one).equals(other)
}
