/** What `fail` of a `wx` call receives. `errno` exists since base library 2.24.0. */
export interface WxFailure {
  readonly errMsg: string
  readonly errno?: number
}

/** Thrown inside a `wx` call; becomes `{ errMsg: 'login:fail …', errno }`. */
export class WxFail extends Error {
  readonly errno: number | undefined

  /** @param reason what follows `:fail `; empty when WeChat says nothing more */
  constructor(reason: string, errno?: number) {
    super(reason)
    this.errno = errno
  }
}

/** The errno table of 小程序 Errno错误码, as far as it is used here. */
export const ERRNO = {
  timeout: 5,
  denied: 103,
  privacyNotAgreed: 104,
  cloudUnreachable: 108,
  privacyNotDeclared: 112,
  invalidParameter: 1001,
  tooOften: 1003,
  privacyBanned: 1025,
  requestFailed: 600001,
  urlNotInDomainList: 600002,
  interrupted: 600003,
  invalidUrl: 600009,
} as const

/** Turns whatever a call threw into what `fail` receives. */
export function toFailure(api: string, error: unknown, withErrno: boolean): WxFailure {
  const reason = error instanceof Error ? error.message : String(error)
  const errMsg = reason === '' ? `${api}:fail` : `${api}:fail ${reason}`
  const errno = error instanceof WxFail ? error.errno : undefined
  return errno === undefined || !withErrno ? { errMsg } : { errMsg, errno }
}
