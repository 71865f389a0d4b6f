import type { Device, PhoneSource } from '@weapp-auth/protocol/contract'
import type { AccountRow, AccountStore } from './account-store.ts'
import type { AppStore } from './app-store.ts'
import type { AuditStore } from './audit-store.ts'
import type { BlockStore } from './block-store.ts'
import type { BudgetStore } from './budget-store.ts'
import type { ConsentStore } from './consent-store.ts'
import type { DirectoryStore } from './directory-store.ts'
import type { ExportStore } from './export-store.ts'
import type { GrantStore } from './grant-store.ts'
import type { JobStore } from './job-store.ts'
import type { MergeStore } from './merge-store.ts'
import type { OperatorStore } from './operator-store.ts'
import type { Page } from './page.ts'
import type { ProfileStore } from './profile-store.ts'
import type { ResealStore } from './reseal-store.ts'
import type { SessionEnd, SessionStore } from './session-store.ts'
import type { SmsStore } from './sms-store.ts'
import type { TallyStore } from './tally-store.ts'
import type { TraceStore } from './trace-store.ts'

/*
 * One method is one atomic step: all of it happens or nothing does, and it is durable when the promise resolves.
 * Times are milliseconds since 1970. Bytes are sealed or hashed before they come here; a store sees no secret in plain.
 * Every method may throw StorageFault.
 */

/** What cannot be stored or read, whatever the database is. */
export class StorageFault extends Error {
  override readonly name = 'StorageFault'
  /** `busy`: locked for longer than the wait; `full`: no space; `failed`: anything else. */
  readonly code: 'busy' | 'full' | 'failed'

  constructor(code: 'busy' | 'full' | 'failed', cause?: unknown) {
    super(`storage ${code}`, { cause })
    this.code = code
  }
}

export interface UserRow {
  readonly id: string
  /** The user's data key, wrapped by the root key; destroying it makes every sealed field of the user unreadable. */
  readonly wrappedKey: Uint8Array
  readonly createdAt: number
}

export interface IdentityRow {
  readonly appId: string
  readonly openId: string
  readonly unionId: string | null
  readonly userId: string
}

export interface SessionRow {
  readonly id: string
  readonly userId: string
  readonly appId: string
  readonly openId: string
  readonly device: Device
  /** How often the refresh token was rotated. */
  readonly counter: number
  readonly createdAt: number
  readonly idleUntil: number
  readonly absoluteUntil: number
  readonly endedAt: number | null
}

export interface PhoneRow {
  readonly id: string
  readonly userId: string
  /** E.164, sealed with the user's data key. */
  readonly sealedNumber: Uint8Array
  /** Keyed hash of the number, per app; equal numbers of one app have equal hashes. */
  readonly blindIndex: Uint8Array
  readonly countryCode: string
  readonly source: PhoneSource
  readonly verifiedAt: number
  readonly replacedAt: number | null
  /** Why, when it was not the user's next number: it went to another user, or a merge left them two. */
  readonly replacedReason: 'transferred' | 'merged' | null
}

/** A WeChat session_key that the server keeps for the encryptedData way. */
export interface SessionKeyRow {
  readonly id: string
  /** Sealed with the user's data key; `null` once burnt, or erased with the session whose login brought it. */
  readonly sealed: Uint8Array | null
  readonly issuedAt: number
}

/** With whom the login was that it was looked up for. */
export interface LoginKeyRow extends SessionKeyRow {
  readonly userId: string
  readonly appId: string
}

type SpentKind = 'login-code' | 'phone-code' | 'open-data' | 'sms-code'

/** A thing that works once: the hash of a code or of a ciphertext. */
export interface Claim {
  readonly kind: SpentKind
  readonly appId: string
  readonly hash: Uint8Array
  /** Hash of the client's nonce: tells a retry from a second use. */
  readonly attempt: Uint8Array
  /** Until when the row must be kept. */
  readonly until: number
}

export interface RecordIdentity {
  /** When a user who is created began. */
  readonly now: number
  readonly appId: string
  readonly openId: string
  readonly unionId: string | null
  /** The user found by {@link Store.findIdentity}, or a new one to create. */
  readonly user: { readonly id: string; readonly create: null | { readonly wrappedKey: Uint8Array } }
}

export interface RecordLogin extends RecordIdentity {
  readonly session: Pick<SessionRow, 'id' | 'device' | 'idleUntil' | 'absoluteUntil'>
  readonly loginId: string
  /** `null` when openData is off: then no key is stored at all. `fingerprint` is a keyed hash of the plain key. */
  readonly sessionKey: null | { readonly id: string; readonly sealed: Uint8Array; readonly fingerprint: Uint8Array }
  readonly claim: Claim
}

export type RecordLoginOutcome =
  /** `unionIdOf`: the other user who has the unionid that this identity just got; they are one person, and may merge. */
  | { readonly status: 'recorded'; readonly unionIdOf?: string }
  /**
   * The identity is not as it was read (usually: somebody else's first login of this openid came first): read it again
   * and repeat. Nothing was written.
   */
  | { readonly status: 'user-exists' }
  /** An operator keeps the user out. Nothing was written. */
  | { readonly status: 'blocked' }
  /** The code was spent before, by the login named here; `sameAttempt` tells a retry. Nothing was written. */
  | {
      readonly status: 'code-spent'
      readonly sameAttempt: boolean
      readonly loginId: string
      readonly sessionId: string
    }

export interface LoginRow {
  readonly id: string
  readonly sessionId: string
  readonly userId: string
  readonly appId: string
  readonly at: number
}

export type ClaimOutcome =
  /** This caller, and no other, may go on. */
  | { readonly status: 'claimed' }
  /** The same attempt has finished before: here is what came of it (the id of the phone row). */
  | { readonly status: 'done'; readonly phoneId: string; readonly change: 'bound' | 'replaced' | 'unchanged' }
  /** The same attempt has finished before, with a profile. */
  | { readonly status: 'recognised'; readonly recognised: 'real' | 'anonymous' }
  /** The same attempt is still under way, or died half-way: ask again later. */
  | { readonly status: 'pending' }
  /** Another attempt has used it. */
  | { readonly status: 'spent' }

/** What is known of a claim that is not given any more. */
export type SpentBefore = Exclude<ClaimOutcome, { status: 'claimed' }>

export interface RecordPhone {
  readonly now: number
  /** When the request came that brought the number. */
  readonly askedAt: number
  readonly appId: string
  readonly userId: string
  readonly phone: {
    readonly id: string
    readonly sealedNumber: Uint8Array
    readonly blindIndex: Uint8Array
    readonly countryCode: string
    readonly source: PhoneSource
    readonly verifiedAt: number
  }
  /** The user's current row that holds the same number under another index, as the caller read it. */
  readonly sameAs: string | null
  readonly conflict: PhoneConflictRule
  /** Every claim that this phone settles, in the same step. */
  readonly claims: readonly Pick<Claim, 'kind' | 'appId' | 'hash'>[]
  /** What nobody claimed beforehand and is spent in the same step: a ciphertext, about which nobody else is asked. */
  readonly spends?: Claim
}

/** What happens when another user has the number: `indexes` are its hashes in every app of the server. */
export type PhoneConflictRule =
  /** Several users may have one number. */
  | { readonly rule: 'keep-both' }
  /** The first owner keeps it. */
  | { readonly rule: 'reject'; readonly indexes: readonly Uint8Array[] }
  /** It goes to the new owner, unless a former one proved it after `provedBefore`. */
  | { readonly rule: 'transfer'; readonly indexes: readonly Uint8Array[]; readonly provedBefore: number }

export type RecordPhoneOutcome =
  | {
      readonly status: 'bound' | 'replaced' | 'unchanged'
      readonly phone: PhoneRow
      /** Users who lost the number by this step; it is history with them, with the reason. */
      readonly from?: readonly string[]
    }
  /** Only with the rule `reject`. Nothing was written. */
  | { readonly status: 'taken' }
  /** Only with the rule `transfer`. Nothing was written. */
  | { readonly status: 'cooling' }
  /** The consent to the phone or to the whole was withdrawn after `askedAt`. Nothing was written. */
  | { readonly status: 'withdrawn' }
  /** There is no such user, or they were erased meanwhile. Nothing was written. */
  | { readonly status: 'user-gone' }
  /** What it `spends` was spent or claimed before. Nothing was written. */
  | { readonly status: 'spent-before'; readonly found: SpentBefore }

export interface RotateSession {
  readonly sessionId: string
  /** The counter inside the presented refresh token. */
  readonly counter: number
  /** Hash of the client's nonce. */
  readonly attempt: Uint8Array
  readonly now: number
  readonly idleUntil: number
}

export type RotateSessionOutcome =
  /** `session.counter` is the counter of the new token. */
  | { readonly status: 'rotated' | 'same-attempt'; readonly session: SessionRow }
  /** Any other token than the current one, or the previous one with another nonce: this very call ended the session. */
  | { readonly status: 'reused'; readonly session: SessionRow }
  | { readonly status: 'ended' }

/** Everything the server remembers. Every adapter passes `storeContract`. */
export interface Store
  extends AccountStore,
    ProfileStore,
    ConsentStore,
    SessionStore,
    SmsStore,
    BudgetStore,
    JobStore,
    AuditStore,
    AppStore,
    GrantStore,
    ResealStore,
    MergeStore,
    DirectoryStore,
    TallyStore,
    TraceStore,
    OperatorStore,
    BlockStore,
    ExportStore {
  /** False where one process has the store for itself: what it does one at a time needs no mark in the store. */
  readonly isShared: boolean

  /** One question: the identity and its user. */
  findIdentity(appId: string, openId: string): Promise<(AccountRow & { readonly identity: IdentityRow }) | null>
  findUserByUnionId(unionId: string): Promise<UserRow | null>
  findUser(userId: string): Promise<UserRow | null>

  /**
   * Upserts the identity, creates user, session and login, keeps the session_key and spends the code.
   * Race: of any number of first logins of one (app, openid) exactly one creates the user, the others get
   * `user-exists`; of any number of logins with one code exactly one is recorded. A unionid is filled in when it
   * appears and never overwritten; the user who had it first keeps it. An existing user gets a new identity only by the
   * unionid. A session_key that comes again (same fingerprint) keeps its row: a burnt key stays burnt.
   */
  recordLogin(input: RecordLogin): Promise<RecordLoginOutcome>
  /**
   * The identity of {@link recordLogin} without a login, for users who come from elsewhere; the same races end in the same
   * way. `user-exists`: it is not as it was read, and nothing was written.
   */
  recordIdentity(input: RecordIdentity): Promise<'recorded' | 'user-exists'>
  findLogin(loginId: string): Promise<LoginRow | null>
  findClaimedLogin(
    claim: Pick<Claim, 'appId' | 'hash'>,
  ): Promise<{ readonly attempt: Uint8Array; readonly login: LoginRow } | null>

  /**
   * The key of this login; the one this user had before it in this app, if it was replaced at `previousSince` or later;
   * and the one in use now, if another login has brought it since. In this order, each once.
   */
  sessionKeysOf(loginId: string, previousSince: number): Promise<readonly LoginKeyRow[]>
  /**
   * Of a key that {@link sessionKeysOf} found for this login. Race: of any number of callers exactly `limit` failures are
   * counted before the key is erased; true for the caller that erased it.
   */
  countKeyFailure(loginId: string, keyId: string, limit: number): Promise<{ readonly burnt: boolean }>

  /**
   * Race: exactly one caller gets `claimed`. A claim that was not settled within `staleAfterMs` is taken over by the
   * same attempt only.
   */
  claim(claim: Claim, now: number, staleAfterMs: number): Promise<ClaimOutcome>
  /** What came of it before; `null` when nobody has claimed or spent it. */
  findSpent(claim: Pick<Claim, 'kind' | 'appId' | 'hash' | 'attempt'>): Promise<SpentBefore | null>
  /** Gives an unsettled claim back, so that the same code can be tried again (WeChat was never asked, or did not answer). */
  release(claim: Pick<Claim, 'kind' | 'appId' | 'hash' | 'attempt'>): Promise<void>

  /**
   * A number that the user already has keeps its row; `verifiedAt` and `source` move forward with a later verification.
   * Race: two phones of one user at once leave one current and one in history; the history is complete. Of any number
   * of users who bind one number at once, exactly one ends with it where the rule is `reject` or `transfer`. Of any
   * number of phones that spend one thing at once exactly one is recorded.
   */
  recordPhone(input: RecordPhone): Promise<RecordPhoneOutcome>
  currentPhone(userId: string): Promise<PhoneRow | null>
  findPhone(phoneId: string): Promise<PhoneRow | null>
  /** The newest first. */
  phonesOf(userId: string, page?: Page): Promise<readonly PhoneRow[]>

  findSession(sessionId: string): Promise<SessionRow | null>
  /** Race: of any number of callers with one counter and different attempts one rotates, and the session is then ended by the others. */
  rotateSession(input: RotateSession): Promise<RotateSessionOutcome>
  /** True for the caller that ended it. The session_key that its login brought is erased with it. */
  endSession(sessionId: string, now: number, reason: SessionEnd): Promise<boolean>

  /** Remembers a check value of a root key; `different` means that the key at hand is not the one the data was sealed with. */
  registerKey(key: {
    readonly id: string
    readonly check: Uint8Array
    readonly now: number
  }): Promise<'new' | 'same' | 'different'>
  /** The id of every root key that was ever registered, retired ones too. */
  rootKeyIds(): Promise<readonly string[]>

  /**
   * Removes claims, messages, counters, tallies, traces and done jobs past their time, sessions past their idle time with their logins, and
   * session_keys that no session has. Not one step but many small ones, so that others are not held up. Returns how
   * many rows went.
   */
  sweep(now: number): Promise<number>
  /** Throws when the store cannot be used. */
  check(): Promise<void>
  close(): Promise<void>
}
