import type { ConsentScope } from './answers.ts'

/**
 * `POST /v1/login`: exchanges a `wx.login` code for a session of ours.
 *
 * @example
 * const request: LoginRequest = { appId: 'wx1234567890abcdef', code: '0a1b2c', nonce: 'k3J9…' }
 */
export interface LoginRequest {
  readonly appId: string
  /** The code of `wx.login`: lives 5 minutes, works once. 1 to 128 characters of `[A-Za-z0-9_-]`. */
  readonly code: string
  /**
   * Random text made by the client before it sends, 16 to 128 characters of `[A-Za-z0-9_-]`.
   * A retry with the same nonce gets the same session; another nonce with the same code is refused.
   */
  readonly nonce: string
}

/** What the phone button's event carries. At least `code`, or `encryptedData` and `iv` together. */
export interface PhoneProof {
  /** The phone code (base library 2.21.2 and later): lives 5 minutes, works once, not a login code. */
  readonly code?: string
  /** Base64 of the AES-128-CBC ciphertext, as the event delivered it. */
  readonly encryptedData?: string
  /** Base64 of the 16-byte initial vector, as the event delivered it. */
  readonly iv?: string
}

/** `POST /v1/phone`: binds the phone number that the user just agreed to share. Needs an access token. */
export interface PhoneRequest extends PhoneProof {
  /** The login whose session_key encrypted `encryptedData`; required with it unless there is a `code`, ignored without it. */
  readonly loginId?: string
  /** As in {@link LoginRequest}: the same nonce repeats the same answer and never pays twice. */
  readonly nonce: string
}

/** `POST /v1/login/phone`: logs in and binds the phone in one call; the free code is spent first, the paid one last. */
export interface LoginPhoneRequest extends LoginRequest {
  readonly phone: PhoneProof
}

/** `POST /v1/sms`: sends a one-time code to a number that the user typed. Needs an access token. */
export interface SmsRequest {
  /** E.164: plus sign, country code, number, such as `+8613800138000`. */
  readonly number: string
  /** As in {@link LoginRequest}: the same nonce repeats the same answer and sends one message. */
  readonly nonce: string
}

/** `POST /v1/sms/verify`: gives the one-time code back, which binds the number. Needs an access token. */
export interface SmsVerifyRequest {
  readonly smsId: string
  /** Six digits. */
  readonly code: string
  /** As in {@link LoginRequest}. The same code with the same nonce counts as one attempt. */
  readonly nonce: string
}

/** `POST /v1/token`: rotates the refresh token. */
export interface TokenRequest {
  readonly refreshToken: string
  /** Made and stored before sending: a lost answer is repeated with the same nonce, a thief has another one. */
  readonly nonce: string
}

/** `POST /v1/logout`: ends the session that the refresh token belongs to. */
export interface LogoutRequest {
  readonly refreshToken: string
}

/**
 * `POST /v1/profile`: what the user typed into the nickname field. Setting the same twice is the same as once, so it
 * needs no nonce; an absent field stays as it is.
 */
export interface ProfileRequest {
  /**
   * 1 to 32 characters after trimming; control characters and marks that turn the direction of the text are refused.
   * `null` clears it. WeChat's placeholders ("微信用户" and kin) are refused as `profile_placeholder`.
   */
  readonly nickname?: string | null
}

/**
 * `POST /v1/profile/open-data`: what `wx.getUserInfo` or `wx.getUserProfile` gave, as it came. At least
 * `encryptedData` and `iv` together, or `rawData` and `signature` together.
 */
export interface ProfileOpenDataRequest {
  /** The login whose session_key sealed or signed it. */
  readonly loginId: string
  /** Base64 of the AES-128-CBC ciphertext. */
  readonly encryptedData?: string
  /** Base64 of the 16-byte initial vector. */
  readonly iv?: string
  /** The text that was signed, byte for byte. */
  readonly rawData?: string
  /** SHA-1 of `rawData` and session_key, 40 hexadecimal digits. */
  readonly signature?: string
}

/** `POST /v1/consents`: what the user has just agreed to. */
export interface ConsentRequest {
  readonly scope: ConsentScope
  /** The version of the text, 1 to 64 characters of `[A-Za-z0-9._-]`, such as `2026-11-01`. */
  readonly version: string
  /** SHA-256 of the text that was shown, 64 hexadecimal digits in lower case. */
  readonly textHash?: string
  /** As in {@link LoginRequest}: the same nonce is written down once. */
  readonly nonce: string
}

/** `POST /v1/me/merge/preview`: what a merge would do. Needs an access token of the account that stays. */
export interface MergePreviewRequest {
  /** Of `POST /v1/me/merge/code`, asked for with an access token of the other account. */
  readonly code: string
}

/** `POST /v1/me/merge`: the account of the code becomes part of the one that asks. */
export interface MergeRequest extends MergePreviewRequest {
  /** As in {@link LoginRequest}: the same nonce repeats the same answer. */
  readonly nonce: string
}

/** `POST /v1/me/merge/undo`. Doing it twice is the same as once. */
export interface MergeUndoRequest {
  /** `merge.id` of the merge. */
  readonly mergeId: string
}

/** `POST /v1/logout/all`: ends the sessions of this user on every device and in every mini program of the server. */
export interface LogoutAllRequest {
  /** `this`: the session that asks goes on. Default `none`. */
  readonly keep?: 'this' | 'none'
}

/**
 * What happens on the phone before a request reaches the server. `shown`: a phone button came on the screen; `tapped`: of
 * those, and `firstTapped` those that were the first since the launch; `agreed`: WeChat gave a code or a ciphertext;
 * `declined` (the user said no, or closed the sheet), `notPermitted`, `quota`, `privacy`, `other`: it did not; `bound`: the
 * server holds the number, and `firstBound`: by the first tap.
 */
export const clientSteps = [
  'shown',
  'tapped',
  'firstTapped',
  'agreed',
  'declined',
  'notPermitted',
  'quota',
  'privacy',
  'other',
  'bound',
  'firstBound',
] as const

export type ClientStep = (typeof clientSteps)[number]

/** `POST /v1/steps`: how often each happened on one phone since its last report. Names nobody. */
export interface StepsRequest {
  readonly appId: string
  /** From 0 to 1000 each. */
  readonly steps: { readonly [Step in ClientStep]?: number }
}
