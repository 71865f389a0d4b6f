import type { ProfileRow, RecordProfile, RecordProfileOutcome } from '../../ports/profile-store.ts'
import type { Statements, Step } from './statements.ts'

interface ClearProfile {
  readonly userId: string
  readonly until: number
  readonly now: number
  readonly nickname: boolean
  readonly avatar: boolean
}

interface Cleared {
  readonly nicknames: number
  /** The picture that went; its file can be deleted now. */
  readonly doomed: string | null
}

/** Nicknames, avatars, and the files that are to go. */
export function profiles(sql: Statements) {
  const ofLiveUser = sql.one<[userId: string], ProfileRow>(`
    SELECT f.sealed_nickname AS "sealedNickname", f.avatar_key AS "avatarKey"
    FROM "user" u LEFT JOIN profile f ON f.user_id = u.id
    WHERE u.id = ? AND u.erased_at IS NULL`)
  const change = sql.run<[Uint8Array | null, string | null, number, number | null, number | null, string]>(`
    UPDATE profile SET sealed_nickname = ?, avatar_key = ?, updated_at = ?,
      nickname_at = coalesce(?, nickname_at), avatar_at = coalesce(?, avatar_at)
    WHERE user_id = ?`)
  const add = sql.run<[Uint8Array | null, string | null, number, number | null, number | null, string]>(`
    INSERT INTO profile (sealed_nickname, avatar_key, updated_at, nickname_at, avatar_at, user_id)
    VALUES (?, ?, ?, ?, ?, ?)`)
  const clearNickname = sql.run<[now: number, userId: string, until: number]>(`
    UPDATE profile SET sealed_nickname = NULL, updated_at = ?
    WHERE user_id = ? AND nickname_at <= ? AND sealed_nickname IS NOT NULL`)
  const pictureUntil = sql.one<[userId: string, until: number], { avatarKey: string }>(`
    SELECT avatar_key AS "avatarKey" FROM profile
    WHERE user_id = ? AND avatar_at <= ? AND avatar_key IS NOT NULL`)
  const clearAvatar = sql.run<[now: number, userId: string]>(
    'UPDATE profile SET avatar_key = NULL, updated_at = ? WHERE user_id = ?',
  )
  const picture = sql.one<[userId: string], { avatarKey: string | null }>(
    'SELECT avatar_key AS "avatarKey" FROM profile WHERE user_id = ?',
  )
  const remove = sql.run<[userId: string]>('DELETE FROM profile WHERE user_id = ?')
  const doom = sql.add<[avatarKey: string, since: number]>(
    'INSERT INTO doomed_avatar (avatar_key, since) VALUES (?, ?)',
  )
  const spare = sql.run<[avatarKey: string]>('DELETE FROM doomed_avatar WHERE avatar_key = ?')
  const doomed = sql.all<[before: number, limit: number], { avatarKey: string }>(
    'SELECT avatar_key AS "avatarKey" FROM doomed_avatar WHERE since < ? ORDER BY since LIMIT ?',
  )
  const settle = sql.run<[string, Uint8Array, string]>(`
    UPDATE spent SET recognised = ?
    WHERE hash = ? AND app_id = ? AND kind = 'open-data' AND phone_id IS NULL AND recognised IS NULL`)
  const withdrawal = sql.one<[userId: string, askedAt: number], { found: 1 }>(`
    SELECT 1 AS found FROM consent
    WHERE user_id = ? AND at > ? AND status = 'withdrawn' AND scope <> 'phone' LIMIT 1`)

  return {
    *recordProfile(input: RecordProfile): Step<RecordProfileOutcome> {
      const { now, askedAt, userId, settles } = input
      yield* sql.holdUser(userId)
      const former = yield* ofLiveUser(userId)
      if (!former) return { status: 'user-gone' }
      const keeps = (input.sealedNickname ?? input.avatarKey ?? null) !== null
      if (keeps && (yield* withdrawal(userId, askedAt))) return { status: 'withdrawn' }
      const { sealedNickname = former.sealedNickname, avatarKey = former.avatarKey } = input
      const nicknameAt = input.sealedNickname === undefined ? null : now
      const avatarAt = input.avatarKey === undefined ? null : now
      const values = [sealedNickname, avatarKey, now, nicknameAt, avatarAt, userId] as const
      const changes = input.sealedNickname !== undefined || input.avatarKey !== undefined
      if (changes && (yield* change(...values)) === 0) yield* add(...values)
      const replaced = former.avatarKey === avatarKey ? null : former.avatarKey
      if (avatarKey !== null) yield* spare(avatarKey)
      if (replaced !== null) yield* doom(replaced, now)
      if (settles) yield* settle(settles.recognised, settles.claim.hash, settles.claim.appId)
      return { status: 'recorded', profile: { sealedNickname, avatarKey }, doomed: replaced }
    },
    /** True when there was something to remove. The user is held, or gone. */
    *removeProfile(userId: string, now: number): Step<boolean> {
      const avatarKey = (yield* picture(userId))?.avatarKey ?? null
      if (avatarKey !== null) yield* doom(avatarKey, now)
      return (yield* remove(userId)) > 0
    },
    /** Clears what was told at `until` or before. The user is held. */
    *clearProfile({ userId, until, now, nickname, avatar }: ClearProfile): Step<Cleared> {
      const nicknames = nickname ? yield* clearNickname(now, userId, until) : 0
      const doomed = (avatar && (yield* pictureUntil(userId, until))?.avatarKey) || null
      if (doomed !== null) {
        yield* clearAvatar(now, userId)
        yield* doom(doomed, now)
      }
      return { nicknames, doomed }
    },
    *doomAvatar(avatarKey: string, now: number): Step<void> {
      yield* doom(avatarKey, now)
    },
    *doomedAvatars(before: number, limit: number): Step<readonly string[]> {
      return (yield* doomed(before, limit)).map(row => row.avatarKey)
    },
    *forgetAvatar(avatarKey: string): Step<void> {
      yield* spare(avatarKey)
    },
  }
}
