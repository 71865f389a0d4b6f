import { holdUsers } from './hold-users.ts'
import { profiles } from './profiles.ts'
import type { Statements, Step } from './statements.ts'

/** What the key of an erased user is overwritten with: too short to be a sealed record. */
export const shredded = Uint8Array.of(0)

interface OpenMerge {
  readonly id: string
  readonly survivorId: string
  readonly mergedId: string
}

/** Ends the time in which merges can be undone: what they kept of the merged user goes. */
export function closeMerges(sql: Statements) {
  const columns = 'id, survivor_id AS "survivorId", merged_id AS "mergedId"'
  const openOf = sql.all<[survivorId: string], OpenMerge>(
    `SELECT ${columns} FROM account_merge WHERE survivor_id = ? AND close_at IS NOT NULL`,
  )
  const due = sql.all<[now: number, limit: number], OpenMerge>(
    `SELECT ${columns} FROM account_merge WHERE close_at <= ? ORDER BY close_at LIMIT ?`,
  )
  const removeParts = sql.run<[mergeId: string]>('DELETE FROM merge_part WHERE merge_id = ?')
  const shred = sql.run<[Uint8Array, string]>('UPDATE "user" SET wrapped_key = ? WHERE id = ?')
  const sharePicture = sql.one<[string, string], { found: 1 }>(`
    SELECT 1 AS found FROM profile a JOIN profile b ON b.avatar_key = a.avatar_key
    WHERE a.user_id = ? AND b.user_id = ?`)
  const forgetPicture = sql.run<[userId: string]>('UPDATE profile SET avatar_key = NULL WHERE user_id = ?')
  const end = sql.run<[mergeId: string]>(`
    UPDATE account_merge SET close_at = NULL, filled_nickname = NULL, filled_avatar = NULL
    WHERE id = ? AND close_at IS NOT NULL`)
  const { removeProfile } = profiles(sql)

  /** Nothing, when it was undone or closed meanwhile. */
  function* close({ id, survivorId, mergedId }: OpenMerge, now: number): Step<void> {
    if ((yield* end(id)) === 0) return
    yield* removeParts(id)
    yield* shred(shredded, mergedId)
    // A picture that the survivor shows stays.
    if (yield* sharePicture(mergedId, survivorId)) yield* forgetPicture(mergedId)
    yield* removeProfile(mergedId, now)
  }

  return {
    /** Of a user who is held. */
    *closeMergesOf(survivorId: string, now: number): Step<void> {
      for (const merge of yield* openOf(survivorId)) yield* close(merge, now)
    },
    /** Answers how many there were. */
    *closeDueMerges(now: number, limit: number): Step<number> {
      const merges = yield* due(now, limit)
      for (const merge of merges) {
        yield* holdUsers(sql, merge.survivorId, merge.mergedId)
        yield* close(merge, now)
      }
      return merges.length
    },
  }
}
