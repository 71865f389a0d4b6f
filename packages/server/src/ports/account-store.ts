import type { AuditDraft } from '../domain/audit-entry.ts'
import type { Page } from './page.ts'
import type { ProfileRow } from './profile-store.ts'
import type { IdentityRow, PhoneRow, SessionRow, UserRow } from './store.ts'

/** A user with what every answer tells of them. */
export interface AccountRow {
  readonly user: UserRow
  /** The current one. */
  readonly phone: PhoneRow | null
  /** Both fields `null` for a user who told nothing. */
  readonly profile: ProfileRow
}

export interface EraseUser {
  readonly now: number
  readonly userId: string
  /** Hash of the client's nonce. */
  readonly attempt: Uint8Array
  /** Written in the same step, by the attempt that erases. */
  readonly audit?: AuditDraft
}

/** A user as a whole. */
export interface AccountStore {
  /** One question. `null` for a user who is not there or was erased. */
  findAccount(userId: string): Promise<AccountRow | null>
  /** One question: the session and its user. */
  findAccountOfSession(sessionId: string): Promise<(AccountRow & { readonly session: SessionRow }) | null>
  /** One for each mini program that they, or who was merged into them, ever logged in to. */
  identitiesOf(userId: string): Promise<readonly IdentityRow[]>
  /** The newest first by id; those that were swept are not there. */
  sessionsOf(userId: string, page?: Page): Promise<readonly SessionRow[]>
  /** Those that have neither ended nor expired, the newest first. */
  liveSessionsOf(userId: string, now: number, limit: number): Promise<readonly SessionRow[]>
  /**
   * Fills in a unionid that is not there yet; it is never overwritten, and the user who had it first keeps it. Answers
   * that other user when this was filled in now, else `null`. Race: of two users that get one unionid at once exactly
   * one has it, and the other one's caller is told.
   */
  linkUnionId(input: {
    readonly appId: string
    readonly openId: string
    readonly userId: string
    readonly unionId: string
  }): Promise<string | null>

  /**
   * Erases the user: destroys the data key, removes identities, unionids, session_keys, sessions with their logins,
   * phones, messages with one-time codes and profile, and dooms the avatar. What stays is the user's id with the time, and the history of consents.
   * Answers when the user was erased: now, or earlier by the same attempt; `null` when another attempt did it or there
   * is no such user.
   *
   * Race: of any number of attempts exactly one erases. A login that was read before and is recorded later gets
   * `user-exists` and finds nobody when it reads again; a phone or a profile gets `user-gone`: nothing of the user
   * comes back.
   */
  eraseUser(input: EraseUser): Promise<number | null>
}
