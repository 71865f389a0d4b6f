/** What a user told about themselves. */
export interface ProfileRow {
  /** Sealed with the user's data key; `null` when there is none. */
  readonly sealedNickname: Uint8Array | null
  /** Name of the picture in the storage of avatars; `null` when there is none. */
  readonly avatarKey: string | null
}

/** What changes; a field that is absent stays as it is, `null` clears it. */
export interface RecordProfile {
  readonly now: number
  /** When the request came that brought it. */
  readonly askedAt: number
  readonly userId: string
  readonly sealedNickname?: Uint8Array | null
  /** A new key for every picture; it was listed by {@link ProfileStore.doomAvatar} before its file was written. */
  readonly avatarKey?: string | null
  /** What the ciphertext that brought this was, to be told to a repeat of the same attempt. */
  readonly settles?: {
    readonly claim: { readonly appId: string; readonly hash: Uint8Array }
    readonly recognised: 'real' | 'anonymous'
  }
}

export type RecordProfileOutcome =
  /** `doomed`: the picture that was replaced or cleared; its file can be deleted now. */
  | { readonly status: 'recorded'; readonly profile: ProfileRow; readonly doomed: string | null }
  /**
   * The consent to the profile or to the whole was withdrawn after `askedAt`, and there is something to keep: clearing
   * needs no consent. Nothing was written.
   */
  | { readonly status: 'withdrawn' }
  /** The user was erased meanwhile. Nothing was written. */
  | { readonly status: 'user-gone' }

/** Nickname and avatar of each user, and the files that are to go. */
export interface ProfileStore {
  /**
   * A picture that is replaced or cleared is listed as doomed in the same step, and the new one is taken off that list.
   * Race: of two changes at once the later one stands in every field both name, and fields that only one names are
   * kept; every picture but the last is doomed. A withdrawal that is written first is seen by all that asked before it.
   */
  recordProfile(input: RecordProfile): Promise<RecordProfileOutcome>
  /**
   * Lists a file to be deleted: before it is written, so that a process that dies between file and row leaves nothing
   * behind.
   */
  doomAvatar(avatarKey: string, now: number): Promise<void>
  /** Files that were listed before `before`, the oldest first. */
  doomedAvatars(before: number, limit: number): Promise<readonly string[]>
  /** Its file is deleted. */
  forgetAvatar(avatarKey: string): Promise<void>
}
