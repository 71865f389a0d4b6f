/** Why a call of `wx` or a tap on the phone button came to nothing, as far as we can stand behind it. */
export type FailureReason =
  /** The user was asked and refused. */
  | 'declined'
  /** The user closed the dialog. */
  | 'cancelled'
  /** The account or the app may not use this (personal account, domain not listed). */
  | 'not-permitted'
  /** The user has not agreed to the privacy guideline yet. */
  | 'privacy-not-agreed'
  /** The app's privacy guideline does not declare this kind of data. */
  | 'privacy-not-declared'
  /** WeChat has banned this interface for the app. */
  | 'privacy-banned'
  /** The paid quota of the phone component is used up. */
  | 'quota-exhausted'
  /** Called outside of a tap. */
  | 'not-in-tap'
  /** The session_key is no longer valid. */
  | 'session-expired'
  /** The same call is under way, or came too often. */
  | 'busy'
  | 'timeout'
  | 'network'
  /** Anything that is not known for sure. */
  | 'failed'

const byErrno: Readonly<Record<number, FailureReason>> = {
  1: 'cancelled',
  5: 'timeout',
  102: 'not-permitted',
  103: 'declined',
  104: 'cancelled',
  108: 'network',
  112: 'privacy-not-declared',
  1003: 'busy',
  1025: 'privacy-banned',
  1026: 'privacy-banned',
  101100: 'privacy-not-declared',
  101101: 'privacy-banned',
  101102: 'privacy-not-agreed',
  1400001: 'quota-exhausted',
}

const byText: readonly (readonly [RegExp, FailureReason])[] = [
  [/privacy permission is not/, 'privacy-not-agreed'],
  [/not declared/, 'privacy-not-declared'],
  [/privacy api banned/, 'privacy-banned'],
  [/no permission|not in domain list/, 'not-permitted'],
  [/tap gesture/, 'not-in-tap'],
  [/deny|(user|auth)\w*\W*denied/, 'declined'],
  [/cancel/, 'cancelled'],
  [/session time ?out|relogin/, 'session-expired'],
  [/in progress|too frequent|frequency limit/, 'busy'],
  [/time ?out|timed out/, 'timeout'],
  [/network|net::|unable to connect|interrupted/, 'network'],
]

/**
 * Identifies a failure by rule: `errno` first, then parts of the text, because one failure has a dozen spellings
 * ("getPhoneNumber:fail user deny", "getPhoneNumber:fail:user deny", …). What no rule knows is `failed`, never
 * `declined`. Success is not decided here: it takes `:ok` and a payload.
 *
 * @example
 * identifyFailure({ api: 'getPhoneNumber', errMsg: 'getPhoneNumber:fail:user deny' }) // 'declined'
 */
export function identifyFailure({
  api,
  errMsg,
  errno,
}: {
  /** Name of the call, such as `login`. A `request` that fails for no known reason is `network`. */
  readonly api: string
  readonly errMsg?: string | null | undefined
  readonly errno?: number | null | undefined
}): FailureReason {
  const text = String(errMsg || '').toLowerCase()
  const number = Number(errno)
  // Errno 103 and 104 mean "privacy not agreed" at the privacy gate ("小程序隐私协议开发指南"): only the text tells.
  if ((number === 103 || number === 104) && text.indexOf('privacy') >= 0) return 'privacy-not-agreed'
  const known = byErrno[number]
  if (known) return known
  for (const [part, reason] of byText) if (part.test(text)) return reason
  return api === 'request' ? 'network' : 'failed'
}
