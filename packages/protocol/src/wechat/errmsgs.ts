import type { FailureReason } from './identify-failure.ts'

/** One spelling of a failure as phones deliver it. */
export interface ErrmsgRow {
  readonly api: string
  /** `null`: not documented, only the errno is. */
  readonly errMsg: string | null
  readonly errno: number | null
  readonly reason: FailureReason
  /** Where it was seen. */
  readonly platform: string
}

/**
 * The known spellings of client failures; for emulators and documentation. Phones show more of them, so failures are
 * identified by rule (`identifyFailure`), not by this list.
 *
 * @example
 * errmsgs.filter(row => row.reason === 'declined').length // more than one
 */
export const errmsgs: readonly ErrmsgRow[] = [
  {
    api: 'getPhoneNumber',
    errMsg: 'getPhoneNumber:fail user deny',
    errno: 103,
    reason: 'declined',
    platform: 'iOS, devtools',
  },
  {
    api: 'getPhoneNumber',
    errMsg: 'getPhoneNumber:fail:user deny',
    errno: null,
    reason: 'declined',
    platform: 'Android',
  },
  {
    api: 'getPhoneNumber',
    errMsg: 'getPhoneNumber:fail user cancel',
    errno: null,
    reason: 'cancelled',
    platform: 'unknown',
  },
  { api: 'getPhoneNumber', errMsg: 'getPhoneNumber:fail', errno: null, reason: 'failed', platform: 'unknown' },
  {
    api: 'getPhoneNumber',
    errMsg: 'getPhoneNumber:fail no permission',
    errno: null,
    reason: 'not-permitted',
    platform: 'all',
  },
  {
    api: 'getPhoneNumber',
    errMsg: 'getPhoneNumber:fail jsapi has no permission',
    errno: 102,
    reason: 'not-permitted',
    platform: 'all',
  },
  {
    api: 'getPhoneNumber',
    errMsg: 'getPhoneNumber:fail privacy permission is not authorized',
    errno: 104,
    reason: 'privacy-not-agreed',
    platform: 'all',
  },
  {
    api: 'getPhoneNumber',
    errMsg: 'getPhoneNumber:fail api scope is not declared in the privacy agreement',
    errno: 112,
    reason: 'privacy-not-declared',
    platform: 'all',
  },
  { api: 'getPhoneNumber', errMsg: null, errno: 1400001, reason: 'quota-exhausted', platform: 'all' },
  {
    api: 'getRealtimePhoneNumber',
    errMsg: 'getRealtimePhoneNumber:fail user deny',
    errno: null,
    reason: 'declined',
    platform: 'all',
  },
  { api: 'getUserProfile', errMsg: 'getUserProfile:fail auth deny', errno: null, reason: 'declined', platform: 'all' },
  {
    api: 'getUserProfile',
    errMsg: 'getUserProfile:fail can only be invoked by user TAP gesture.',
    errno: null,
    reason: 'not-in-tap',
    platform: 'all',
  },
  {
    api: 'getUserProfile',
    errMsg: 'getUserProfile:fail api scope is not declared in the privacy agreement',
    errno: 112,
    reason: 'privacy-not-declared',
    platform: 'all',
  },
  { api: 'getUserInfo', errMsg: 'getUserInfo:fail auth deny', errno: null, reason: 'declined', platform: 'all' },
  { api: 'authorize', errMsg: 'authorize:fail auth deny', errno: null, reason: 'declined', platform: 'all' },
  {
    api: 'checkSession',
    errMsg: 'checkSession:fail 系统错误，错误码：-13001,session time out, need relogin',
    errno: null,
    reason: 'session-expired',
    platform: 'devtools/all',
  },
  { api: 'chooseAvatar', errMsg: 'chooseAvatar:fail cancel', errno: null, reason: 'cancelled', platform: 'all' },
  {
    api: 'chooseAvatar',
    errMsg: 'chooseAvatar:fail another chooseAvatar is in progress',
    errno: null,
    reason: 'busy',
    platform: 'devtools',
  },
  {
    api: 'chooseAvatar',
    errMsg: 'chooseAvatar:fail api scope is not declared in the privacy agreement',
    errno: 112,
    reason: 'privacy-not-declared',
    platform: 'all',
  },
  {
    api: 'requirePrivacyAuthorize',
    errMsg: 'requirePrivacyAuthorize:fail privacy permission is not authorized',
    errno: 104,
    reason: 'privacy-not-agreed',
    platform: 'all',
  },
]
