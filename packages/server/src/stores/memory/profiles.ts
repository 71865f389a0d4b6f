import type { ProfileRow, ProfileStore, RecordProfile, RecordProfileOutcome } from '../../ports/profile-store.ts'

export interface ProfilesTools {
  isLive(userId: string): boolean
  isWithdrawnSince(userId: string, at: number): boolean
  settle(settles: NonNullable<RecordProfile['settles']>): void
}

export interface ClearProfile {
  readonly userId: string
  readonly until: number
  readonly now: number
  readonly nickname: boolean
  readonly avatar: boolean
}

/** What a merge gave the survivor; `null`: nothing. */
export type Filled = ProfileRow

export type Profiles = ReturnType<typeof createProfiles>

const nothing: ProfileRow = { sealedNickname: null, avatarKey: null }

/** Nicknames, avatars, and the files that are to go. */
export function createProfiles({ isLive, isWithdrawnSince, settle }: ProfilesTools) {
  const profiles = new Map<string, ProfileRow>()
  /** Since when each part is there. */
  const times = new Map<string, { readonly nicknameAt: number; readonly avatarAt: number }>()
  const doomed = new Map<string, number>()

  function record({ now, askedAt, userId, settles, ...input }: RecordProfile): RecordProfileOutcome {
    if (!isLive(userId)) return { status: 'user-gone' }
    const keeps = (input.sealedNickname ?? input.avatarKey ?? null) !== null
    if (keeps && isWithdrawnSince(userId, askedAt)) return { status: 'withdrawn' }
    const former = of(userId)
    const { sealedNickname = former.sealedNickname, avatarKey = former.avatarKey } = input
    const profile = { sealedNickname, avatarKey }
    profiles.set(userId, profile)
    const { nicknameAt, avatarAt } = times.get(userId) ?? { nicknameAt: now, avatarAt: now }
    times.set(userId, {
      nicknameAt: input.sealedNickname === undefined ? nicknameAt : now,
      avatarAt: input.avatarKey === undefined ? avatarAt : now,
    })
    const replaced = former.avatarKey === avatarKey ? null : former.avatarKey
    if (avatarKey !== null) doomed.delete(avatarKey)
    if (replaced !== null) doomed.set(replaced, now)
    if (settles) settle(settles)
    return { status: 'recorded', profile, doomed: replaced }
  }

  function of(userId: string): ProfileRow {
    return profiles.get(userId) ?? nothing
  }

  const store: ProfileStore = {
    async recordProfile(input) {
      return record(input)
    },
    async doomAvatar(avatarKey, now) {
      if (!doomed.has(avatarKey)) doomed.set(avatarKey, now)
    },
    async doomedAvatars(before, limit) {
      const due = [...doomed].filter(([, since]) => since < before).sort(([, a], [, b]) => a - b)
      return due.slice(0, limit).map(([avatarKey]) => avatarKey)
    },
    async forgetAvatar(avatarKey) {
      doomed.delete(avatarKey)
    },
  }

  return {
    store,
    of,
    /** True when there was something to remove. */
    remove(userId: string, now: number): boolean {
      const { avatarKey } = of(userId)
      if (avatarKey !== null) doomed.set(avatarKey, now)
      return profiles.delete(userId)
    },
    /** Gives a survivor what they lack, as old as it is. */
    fill(mergedId: string, survivorId: string, sealedForSurvivor: Uint8Array | null, now: number): Filled {
      const [merged, survivor] = [of(mergedId), of(survivorId)]
      const filled: Filled = {
        sealedNickname: survivor.sealedNickname === null ? sealedForSurvivor : null,
        avatarKey: survivor.avatarKey === null ? merged.avatarKey : null,
      }
      if (filled.avatarKey !== null) doomed.delete(filled.avatarKey)
      const { nicknameAt, avatarAt } = times.get(survivorId) ?? { nicknameAt: now, avatarAt: now }
      const since = times.get(mergedId) ?? { nicknameAt, avatarAt }
      profiles.set(survivorId, {
        sealedNickname: survivor.sealedNickname ?? filled.sealedNickname,
        avatarKey: survivor.avatarKey ?? filled.avatarKey,
      })
      times.set(survivorId, {
        nicknameAt: filled.sealedNickname === null ? nicknameAt : since.nicknameAt,
        avatarAt: filled.avatarKey === null ? avatarAt : since.avatarAt,
      })
      return filled
    },
    /** Takes back what a merge gave, as far as it is still there. */
    unfill(survivorId: string, filled: Filled): void {
      const { sealedNickname, avatarKey } = of(survivorId)
      profiles.set(survivorId, {
        sealedNickname: sealedNickname === filled.sealedNickname ? null : sealedNickname,
        avatarKey: avatarKey === filled.avatarKey ? null : avatarKey,
      })
    },
    /** Removes a merged user's profile; a picture that the survivor shows stays. */
    bury(mergedId: string, survivorId: string, now: number): void {
      const { avatarKey } = of(mergedId)
      profiles.delete(mergedId)
      if (avatarKey !== null && avatarKey !== of(survivorId).avatarKey) doomed.set(avatarKey, now)
    },
    /** Clears what was told at `until` or before. */
    clear({ userId, until, now, nickname, avatar }: ClearProfile): { nicknames: number; doomed: string | null } {
      const { sealedNickname, avatarKey } = of(userId)
      const at = times.get(userId) ?? { nicknameAt: now, avatarAt: now }
      const noNickname = nickname && sealedNickname !== null && at.nicknameAt <= until
      const doomedKey = avatar && at.avatarAt <= until ? avatarKey : null
      if (doomedKey !== null) doomed.set(doomedKey, now)
      if (noNickname || doomedKey !== null)
        profiles.set(userId, {
          sealedNickname: noNickname ? null : sealedNickname,
          avatarKey: doomedKey === null ? avatarKey : null,
        })
      return { nicknames: noNickname ? 1 : 0, doomed: doomedKey }
    },
  }
}
