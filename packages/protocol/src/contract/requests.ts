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
