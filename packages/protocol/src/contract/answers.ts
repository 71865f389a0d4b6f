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
}

export interface User {
  /** UUID (version 7), stable for life. */
  readonly id: string
  /** The current phone number, or `null` when the user never agreed to share one. */
  readonly phone: Phone | null
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

/** Answer of `GET /v1/me/phones`: every number the user had, the newest first. */
export interface PhonesAnswer {
  readonly phones: readonly Phone[]
}

/** Answer of `GET /healthz` and `GET /readyz`. */
export interface HealthAnswer {
  readonly status: 'ok'
}
