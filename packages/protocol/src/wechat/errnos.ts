/** One errno of the client API ("Errno错误码"). */
export interface ErrnoRow {
  /** WeChat's short text. */
  readonly text: string
  readonly zh: string
  readonly en: string
}

/**
 * The general errnos of `wx` that a login, a phone button or the privacy gate can fail with, with 1400001, which only
 * the phone guides name.
 *
 * @example
 * errnos[103].en // 'The user refused.'
 */
export const errnos = {
  0: { text: 'ok', zh: '成功。', en: 'Success.' },
  1: { text: 'cancel', zh: '用户取消。', en: 'The user cancelled.' },
  3: {
    text: 'system permission denied',
    zh: '系统没有授予微信所需的权限。',
    en: 'The phone denies WeChat a permission.',
  },
  4: { text: 'internal error', zh: '微信内部错误。', en: 'An internal error of WeChat.' },
  5: { text: 'time out', zh: '超时。', en: 'It took too long.' },
  100: { text: 'jsapi not supported', zh: '当前环境不支持该接口。', en: 'The interface does not exist here.' },
  101: { text: 'jsapi invalid request data', zh: '请求数据不合法。', en: 'The request data is not allowed.' },
  102: {
    text: 'jsapi has no permission',
    zh: '小程序没有使用该接口的权限。',
    en: 'The app may not use the interface.',
  },
  103: { text: 'jsapi user authorize denied', zh: '用户拒绝授权。', en: 'The user refused.' },
  104: {
    text: 'jsapi user authorize canceled',
    zh: '用户取消授权；与隐私有关时表示用户没有同意隐私保护指引。',
    en: 'The user cancelled; at the privacy gate: the user has not agreed to the privacy guideline.',
  },
  106: { text: 'invalid jsapi index', zh: '接口编号不合法。', en: 'The number of the interface is not allowed.' },
  108: { text: 'cgi failed for network issues', zh: '网络异常。', en: 'The network failed.' },
  109: { text: 'cgi failed for response null', zh: '微信后台没有返回内容。', en: 'WeChat answered nothing.' },
  110: { text: 'scope or scope list empty', zh: '没有指定 scope。', en: 'No scope was named.' },
  111: { text: 'oom occurs', zh: '内存不足。', en: 'Out of memory.' },
  112: {
    text: 'api scope is not declared in the privacy agreement',
    zh: '隐私保护指引没有声明这类信息。',
    en: 'The privacy guideline of the app does not declare this kind of data.',
  },
  1000: { text: 'server system error', zh: '微信后台系统错误。', en: 'A system error of WeChat.' },
  1001: { text: 'invalid request parameter', zh: '请求参数不合法。', en: 'A request parameter is not allowed.' },
  1003: { text: 'meet server frequency limit', zh: '调用过于频繁。', en: 'Called too often.' },
  1004: { text: 'invalid openid', zh: 'openid 不正确。', en: 'The openid is wrong.' },
  1005: { text: 'invalid appid', zh: 'AppID 不正确。', en: 'The app id is wrong.' },
  1009: { text: 'data expired', zh: '数据已过期。', en: 'The data has expired.' },
  1014: { text: 'invalid user ticket', zh: '用户票据不正确。', en: 'The ticket of the user is wrong.' },
  1020: { text: 'code already used', zh: 'code 已经被使用过。', en: 'The code has been used before.' },
  1021: { text: 'code expired', zh: 'code 已过期。', en: 'The code has expired.' },
  1025: {
    text: 'wxa appid privacy api banned',
    zh: '小程序的隐私接口已被封禁。',
    en: 'The privacy interfaces of the mini program are banned.',
  },
  1026: {
    text: 'wxgame appid privacy api banned',
    zh: '小游戏的隐私接口已被封禁。',
    en: 'The privacy interfaces of the mini game are banned.',
  },
  1032: { text: 'invalid signature', zh: '签名不正确。', en: 'The signature is wrong.' },
  101100: {
    text: 'interface is not declared in the privacy agreement',
    zh: '隐私保护指引没有声明该接口。',
    en: 'The privacy guideline of the app does not declare the interface.',
  },
  101101: { text: 'privacy interface is banned', zh: '隐私接口已被封禁。', en: 'The privacy interface is banned.' },
  101102: {
    text: 'privacy permission is not authorized',
    zh: '用户没有同意隐私保护指引。',
    en: 'The user has not agreed to the privacy guideline.',
  },
  1400001: {
    text: 'phone quota exhausted',
    zh: '手机号组件的额度已用完。',
    en: 'The paid quota of the phone component is used up.',
  },
} as const satisfies Readonly<Record<number, ErrnoRow>>
