// Reads better whole: how operators join, sign in and are managed, in the order of the paths.
import type { OperatorRole } from './admin.ts'

/**
 * Header that every request of the console must have which changes something: a page of another origin cannot send it
 * without asking first, and the server never allows that. Its value is `1`.
 */
export const consoleHeader = 'x-weapp-console'

/** Operators' programs send a bearer token; people have a session in a cookie, and got it in one of these ways. */
export type SignInWay = 'passkey' | 'authenticator' | 'recovery'

/** What a browser's `PublicKeyCredential.parse…OptionsFromJSON` reads (WebAuthn Level 3, section 5.1). */
export interface PasskeyOptions {
  /** Base64url. */
  readonly challenge: string
  readonly [more: string]: unknown
}

/** What `credential.toJSON()` of the browser says. */
export interface PasskeyCredential {
  readonly id: string
  readonly rawId: string
  readonly type: 'public-key'
  readonly response: Readonly<Record<string, unknown>>
  readonly [more: string]: unknown
}

export interface ConsoleSession {
  readonly id: string
  readonly way: SignInWay
  /** Such as `Chrome, Windows`. */
  readonly browser: string
  readonly createdAt: string
  readonly seenAt: string
  /** When it ends by itself, if nothing is asked before. */
  readonly idleUntil: string
  /** When it ends however busy it is. */
  readonly absoluteUntil: string
}

export interface ConsoleSessionAnswer {
  readonly operator: { readonly id: string; readonly name: string; readonly role: OperatorRole }
  readonly session: ConsoleSession
  /** Until when acts that ask for a fresh proof go through; `null`: prove yourself again first. */
  readonly provedUntil: string | null
}

export interface PasskeyOptionsAnswer {
  readonly publicKey: PasskeyOptions
}

export interface PasskeySignInRequest {
  readonly credential: PasskeyCredential
}

export interface AuthenticatorSignInRequest {
  readonly name: string
  /** The sign-in key that was shown once, when the authenticator was set up; small letters, digits and hyphens. */
  readonly key: string
  /** Six digits of the authenticator app. */
  readonly code: string
}

export interface RecoverySignInRequest {
  readonly name: string
  readonly code: string
}

export type AuthenticatorProofRequest = Omit<AuthenticatorSignInRequest, 'name'>

/** An authenticator app is about to be set up; nothing is stored before the first code proves it. */
export interface AuthenticatorSetup {
  /** To be kept in a password manager: the second thing to know at sign-in. It is shown this once. */
  readonly key: string
  /** `otpauth://totp/…`, for a QR code. */
  readonly uri: string
  /** The same secret to be typed, base32. */
  readonly secret: string
  /** To be sent back with the first code. Good for ten minutes. */
  readonly setup: string
}

export interface AuthenticatorSetupAnswer {
  readonly authenticator: AuthenticatorSetup
}

export interface SetAuthenticatorRequest {
  readonly setup: string
  readonly key: string
  readonly code: string
}

export interface OwnCredentialsAnswer {
  readonly passkeys: readonly {
    readonly id: string
    readonly label: string
    readonly createdAt: string
    readonly usedAt: string | null
  }[]
  /** Since when there is one. */
  readonly authenticator: string | null
  readonly recoveryCodesLeft: number
}

export interface AddPasskeyRequest {
  /** What the owner calls it: 1 to 64 characters. */
  readonly label: string
  readonly credential: PasskeyCredential
}

/** Shown once. Each works once, instead of a passkey or an authenticator. */
export interface RecoveryCodesAnswer {
  readonly recoveryCodes: readonly string[]
}

export interface ConsoleSessionsAnswer {
  readonly sessions: readonly (ConsoleSession & { readonly current: boolean })[]
}

export interface ReadInvitationRequest {
  /** What stands in the link behind `#invitation=`. */
  readonly invitation: string
  /** Only where the answer had `name: null`: the first operator chooses one. 1 to 64 of `A-Z a-z 0-9 _ . @ -`. */
  readonly name?: string
}

export interface InvitationAnswer {
  readonly name: string | null
  readonly role: OperatorRole
  readonly until: string
  /** How to join; `null` as long as there is no name. `passkey` is `null` where the server takes none. */
  readonly ways: null | { readonly passkey: PasskeyOptions | null; readonly authenticator: AuthenticatorSetup }
}

export interface JoinByPasskeyRequest extends ReadInvitationRequest, AddPasskeyRequest {}
export interface JoinByAuthenticatorRequest extends ReadInvitationRequest, SetAuthenticatorRequest {}

/** Who joined is signed in. */
export interface JoinAnswer extends ConsoleSessionAnswer, RecoveryCodesAnswer {}

export interface OperatorAccount {
  readonly id: string
  readonly name: string
  readonly role: OperatorRole
  readonly createdAt: string
  readonly disabledAt: string | null
  readonly passkeys: number
  readonly authenticator: boolean
  readonly recoveryCodesLeft: number
  /** Live ones. */
  readonly sessions: number
  readonly seenAt: string | null
}

export interface OperatorAccountsAnswer {
  readonly operators: readonly OperatorAccount[]
  /** Those of the configuration, who send a bearer token. */
  readonly programs: readonly { readonly name: string; readonly role: OperatorRole }[]
  readonly invitations: readonly {
    readonly name: string | null
    readonly role: OperatorRole
    readonly invitedBy: string
    readonly until: string
  }[]
}

export interface InviteOperatorRequest {
  readonly name: string
  readonly role: OperatorRole
}

export interface InvitationLinkAnswer {
  /** Works once, for an hour. Shown this once; hand it over in private. */
  readonly link: string
  readonly until: string
}

export interface ChangeOperatorRequest {
  readonly role?: OperatorRole
  /** True ends all their sessions at once. */
  readonly disabled?: boolean
  /** Why: 4 to 200 characters. */
  readonly reason: string
}

export interface ReinviteOperatorRequest {
  readonly reason: string
}

export interface OperatorAccountAnswer {
  readonly operator: OperatorAccount
}
