/** One user in one mini program, as WeChat answered the code exchange. */
export interface CodeSession {
  readonly openId: string
  /** 24 characters of Base64. Never leaves the server; see `docs/decisions`. */
  readonly sessionKey: string
  /** Present when the mini program is bound to an open-platform account. */
  readonly unionId: string | null
}

/** WeChat's own words of a refusal, for whoever looks for its reason later; absent when WeChat was not asked. */
export interface SaidNo {
  readonly errcode: number
  /** WeChat's request id. */
  readonly rid?: string
}

/** The outcomes of exchanging a login code that a caller must expect. */
export type CodeToSessionOutcome =
  | { readonly status: 'ok'; readonly session: CodeSession }
  /** errcode 40029: expired, never issued, of another app, or not a login code. */
  | { readonly status: 'code-invalid'; readonly said?: SaidNo }
  /** errcode 40163. */
  | { readonly status: 'code-used'; readonly said?: SaidNo }
  /** errcode 40226. */
  | { readonly status: 'user-blocked'; readonly said?: SaidNo }

/** A phone number in WeChat's three fields, under our names. */
export interface WechatPhone {
  /** E.164, such as `+8613800138000`. */
  readonly number: string
  /** Without country code. */
  readonly nationalNumber: string
  /** Digits only, such as `86`. */
  readonly countryCode: string
  /** Watermark: when WeChat made the answer, in milliseconds. */
  readonly at: number
}

/** The outcomes of exchanging a phone code that a caller must expect. */
export type PhoneByCodeOutcome =
  | { readonly status: 'ok'; readonly phone: WechatPhone }
  /** errcode 40029 or 40013: expired, used, of another app or user, or not a phone code. */
  | { readonly status: 'code-invalid'; readonly said?: SaidNo }

/** The outcomes of asking WeChat whether it made a ciphertext (documented name: checkEncryptedData). */
export type CheckEncryptedDataOutcome =
  | { readonly status: 'genuine' /** Milliseconds. */; readonly createdAt: number }
  /** errcode 1 or `vaild: false`: not found, older than 3 days, or of another app. */
  | { readonly status: 'unknown' }
