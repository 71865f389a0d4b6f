/** Tokens of one session of ours. */
export interface Tokens {
  /** JWT of type `at+jwt` (RFC 9068), signed with EdDSA. */
  readonly accessToken: string
  /** Seconds until `accessToken` expires. */
  readonly expiresIn: number
  /** Opaque, works once; see `POST /v1/token`. */
  readonly refreshToken: string
}

/** How a phone number was proved: by WeChat's phone code or ciphertext, or by a one-time code sent to it. */
export type PhoneSource = 'phone-code' | 'open-data' | 'sms'

/** A phone number of the user who asks; never sent to anybody else. */
export interface Phone {
  /** E.164: plus sign, country code, number. */
  readonly number: string
  /** The number as it may be displayed: the first three and the last two digits of the national number. */
  readonly masked: string
  /** Country calling code without a plus sign, such as `86`. */
  readonly countryCode: string
  readonly source: PhoneSource
  /** ISO 8601, UTC: when WeChat vouched for it, or its one-time code was given back. */
  readonly verifiedAt: string
  /** ISO 8601, UTC: when another number took its place; `null` for the current number. */
  readonly replacedAt: string | null
  /** Why, when it was no next number of the user: it went to another user who proved it, or a merge left them two. */
  readonly replacedReason?: 'transferred' | 'merged'
}

/** What the user told about themselves, or an old front end sent along. Nobody vouches for it. */
export interface Profile {
  /** 1 to 32 characters, trimmed, NFC; `null` when none was given. */
  readonly nickname: string | null
  /** Absolute URL of the picture, as `<image>` takes it; another one for every picture. `null` when none was given. */
  readonly avatarUrl: string | null
}

export interface User {
  /** UUID (version 7), stable for life. */
  readonly id: string
  /** The current phone number, or `null` when the user never agreed to share one. */
  readonly phone: Phone | null
  readonly profile: Profile
  /** ISO 8601, UTC. */
  readonly createdAt: string
}

/** Answer of `POST /v1/login`. */
export interface LoginAnswer {
  readonly user: User
  /** True in the answer of the login that created the user. */
  readonly created: boolean
  readonly tokens: Tokens
  /** Names this login; ciphertexts of the phone button travel with it. */
  readonly loginId: string
}

/**
 * - `bound`: the first number of this user;
 * - `replaced`: another number than before, the former one is history now;
 * - `unchanged`: the number the server already had.
 */
export type PhoneChange = 'bound' | 'replaced' | 'unchanged'

/** Answer of `POST /v1/phone` and `POST /v1/sms/verify`. */
export interface PhoneAnswer {
  readonly change: PhoneChange
  readonly phone: Phone
}

/** Answer of `POST /v1/sms`: the same whether or not the number is known here. */
export interface SmsAnswer {
  /** Names this message; its code travels back with it. */
  readonly smsId: string
  /** Seconds until the code expires. */
  readonly expiresIn: number
  /** Seconds until another message may be asked for. */
  readonly resendAfter: number
}

/** Answer of `POST /v1/login/phone`. */
export interface LoginPhoneAnswer extends LoginAnswer {
  readonly change: PhoneChange
}

/** Answer of `POST /v1/token`. */
export interface TokenAnswer {
  readonly tokens: Tokens
}

/** Answer of `GET /v1/me`. */
export interface MeAnswer {
  readonly user: User
}

/** Where a list goes on: `next` of one answer is `after` of the next request; `null` when there is no more. */
export interface Listed {
  readonly next: string | null
}

/** Answer of `GET /v1/me/phones`: the numbers the user had, the newest first, at most 100 a page. */
export interface PhonesAnswer extends Listed {
  readonly phones: readonly Phone[]
}

/** Answer of `POST /v1/profile`, and of `POST` and `DELETE /v1/profile/avatar`. */
export interface ProfileAnswer {
  readonly user: User
}

/**
 * Answer of `POST /v1/profile/open-data`.
 * - `real`: the payload named a person; what it brought is in `user.profile` now (a picture only when it was sent as a
 *   file: URLs of others are not kept);
 * - `anonymous`: what WeChat gives since these calls were retired ("微信用户", grey picture). Nothing was overwritten.
 */
export interface ProfileOpenDataAnswer extends ProfileAnswer {
  readonly recognised: 'real' | 'anonymous'
}

/** What a user can agree to: the privacy guideline as a whole, the phone number, the nickname and avatar. */
export const consentScopes = ['privacy', 'phone', 'profile'] as const
export type ConsentScope = (typeof consentScopes)[number]

/** One line of the history of consents; lines are added and never changed. */
export interface Consent {
  /** Consents belong to one mini program: each has a guideline of its own. */
  readonly appId: string
  readonly scope: ConsentScope
  readonly status: 'given' | 'withdrawn'
  /** The version of the text; `null` in a withdrawal of what was never given here. */
  readonly version: string | null
  /** SHA-256 of the text that was shown, 64 hexadecimal digits; `null` when it was not sent. */
  readonly textHash: string | null
  /** ISO 8601, UTC. */
  readonly at: string
}

/** Answer of `POST /v1/consents` and `DELETE /v1/consents/{scope}`. */
export interface ConsentAnswer {
  readonly consent: Consent
}

/**
 * Answer of `GET /v1/me/consents`: the history, the newest first, at most 100 lines a page; the first line of a scope is
 * what counts.
 */
export interface ConsentsAnswer extends Listed {
  readonly consents: readonly Consent[]
}

/** Who WeChat says the user is, in one mini program. */
export interface ExportedIdentity {
  readonly appId: string
  readonly openId: string
  readonly unionId: string | null
}

export interface ExportedSession {
  readonly id: string
  readonly appId: string
  /** ISO 8601, UTC, as all times here. */
  readonly createdAt: string
  /** When it ends, unless it is used before. */
  readonly idleUntil: string
  readonly absoluteUntil: string
  readonly endedAt: string | null
}

/** Answer of `GET /v1/me/export`: everything the server knows about the user, for the user. */
export interface ExportAnswer {
  /** ISO 8601, UTC. */
  readonly exportedAt: string
  readonly user: User
  readonly identities: readonly ExportedIdentity[]
  /** The newest first. */
  readonly phones: readonly Phone[]
  /** The newest first. */
  readonly consents: readonly Consent[]
  /** The newest first. */
  readonly sessions: readonly ExportedSession[]
}

/** Answer of `DELETE /v1/me`. */
export interface ErasureAnswer {
  /** ISO 8601, UTC: since when nothing personal of the user is left. */
  readonly erasedAt: string
}

/** Answer of `POST /v1/me/merge/code`. */
export interface MergeCodeAnswer {
  /** Lets whoever sends it merge the account that asked for it into their own. Works once. */
  readonly code: string
  /** Seconds until it expires; it also ends with the session that asked for it. */
  readonly expiresIn: number
}

/** One of two accounts, before a merge. */
export interface MergeSide {
  /** ISO 8601, UTC. */
  readonly createdAt: string
  readonly profile: Profile
  readonly identities: readonly { readonly appId: string }[]
  /** The newest first. */
  readonly phones: readonly { readonly masked: string; readonly countryCode: string; readonly current: boolean }[]
  /** The newest first. */
  readonly consents: readonly Consent[]
}

/** What both accounts have, and one can have only once. */
export type MergeConflict = 'phone' | 'nickname' | 'avatar'

/**
 * Answer of `POST /v1/me/merge/preview`: everything of `merged` moves to `survivor`, whose values win where there are
 * `conflicts`; a number that loses becomes history.
 */
export interface MergePreviewAnswer {
  readonly survivor: MergeSide
  readonly merged: MergeSide
  readonly conflicts: readonly MergeConflict[]
}

/** A merge that the user survived. */
export interface Merge {
  /** UUID (version 7). */
  readonly id: string
  /** The id that the other account had; it answers to nobody now. */
  readonly mergedUserId: string
  /** ISO 8601, UTC, as all times here. */
  readonly mergedAt: string
  /** `null` when it can no longer be undone. */
  readonly undoUntil: string | null
  readonly undoneAt: string | null
}

/** Answer of `POST /v1/me/merge` and `POST /v1/me/merge/undo`: the account that asked, as it is now. */
export interface MergeAnswer {
  readonly merge: Merge
  readonly user: User
}

/** Answer of `GET /v1/me/merge`: the newest first, at most 100 a page. */
export interface MergesAnswer extends Listed {
  readonly merges: readonly Merge[]
}

/** Answer of `GET /healthz` and `GET /readyz`. */
export interface HealthAnswer {
  readonly status: 'ok'
}

/** What a session was begun on, as far as the `User-Agent` of its login tells. */
export type Device = 'ios' | 'android' | 'harmony' | 'windows' | 'mac' | 'devtools' | 'unknown'

/** A live session of the user who asks. */
export interface SessionInfo {
  /** UUID (version 7). */
  readonly id: string
  /** The mini program it belongs to. */
  readonly appId: string
  readonly device: Device
  /** ISO 8601, UTC. */
  readonly createdAt: string
  /** ISO 8601, UTC: the latest login or refresh. */
  readonly refreshedAt: string
  /** ISO 8601, UTC: when it ends if nobody refreshes it. */
  readonly expiresAt: string
  /** True for the session that asks. */
  readonly current: boolean
}

/** Answer of `GET /v1/me/sessions`, the newest first. */
export interface SessionsAnswer {
  readonly sessions: readonly SessionInfo[]
}

/** Answer of `POST /v1/logout/all`. */
export interface LogoutAllAnswer {
  /** How many sessions were ended. */
  readonly ended: number
}

/**
 * Answer of `POST /v1/introspect` (RFC 7662, section 2.2). A token that is not live has `active: false` and nothing
 * else.
 */
export type IntrospectionAnswer =
  | { readonly active: false }
  | {
      readonly active: true
      /** Of access tokens only (RFC 6749, section 5.1). */
      readonly token_type?: 'Bearer'
      /** Which of the two it is; not in the RFC. */
      readonly token_use: 'access_token' | 'refresh_token'
      readonly iss: string
      readonly aud: string
      /** The user id. */
      readonly sub: string
      /** The mini program. */
      readonly client_id: string
      /** The session id. */
      readonly sid: string
      /** Seconds since 1970. */
      readonly exp: number
    }

/** Answer of `POST /v1/oauth/token` (RFC 6749, section 5.1). */
export interface OauthTokenAnswer {
  readonly access_token: string
  readonly token_type: 'Bearer'
  /** Seconds. */
  readonly expires_in: number
  readonly refresh_token: string
}

/** Answer of `GET /v1/wechat/access-token`, for backends of yours only. */
export interface WechatAccessTokenAnswer {
  readonly accessToken: string
}

/** A refusal of an OAuth endpoint (RFC 6749, section 5.2), with our own code and request id beside it. */
export interface OauthProblem {
  readonly error: 'invalid_request' | 'invalid_client' | 'invalid_grant' | 'unsupported_grant_type' | 'server_error'
  readonly error_description: string
  readonly code: string
  readonly requestId: string
}
