/** Who can mend it. `wechat`: nobody but WeChat. */
export type Mender = 'user' | 'developer' | 'operator' | 'wechat'

/**
 * What a program does about an errcode:
 * - `retry`: again, after a growing pause;
 * - `renew-token`: drop the cached access_token, get a new one, retry once;
 * - `new-code`: ask the mini program for a fresh code;
 * - `log-in-again`: ask the mini program for `wx.login`;
 * - `tap-again`: ask the user to tap the button again;
 * - `wait`: stop until the quota comes back;
 * - `refuse`: refuse this user, in neutral words;
 * - `fix-request`: the calling code is wrong;
 * - `fix-settings`: the account or the server is set up wrongly.
 */
export type ErrcodeAction =
  | 'retry'
  | 'renew-token'
  | 'new-code'
  | 'log-in-again'
  | 'tap-again'
  | 'wait'
  | 'refuse'
  | 'fix-request'
  | 'fix-settings'

/** One errcode of WeChat's server API. */
export interface ErrcodeRow {
  /** What WeChat writes into `errmsg`, without ids; a description where it writes nothing. */
  readonly errmsg: string
  readonly who: Mender
  readonly action: ErrcodeAction
  readonly meaning: { readonly zh: string; readonly en: string }
  readonly fix: { readonly zh: string; readonly en: string }
}

/**
 * Every errcode that the calls around login, phone and tokens are documented or known to answer. A table, so long by
 * its nature.
 *
 * @example
 * errcodes[40163].action // 'new-code'
 */
export const errcodes = {
  [-1]: {
    errmsg: 'system error',
    who: 'wechat',
    action: 'retry',
    meaning: { zh: '微信系统繁忙。', en: 'WeChat is busy.' },
    fix: { zh: '稍候重试，重试间隔逐次加长。', en: 'Try again after a pause that grows each time.' },
  },
  1: {
    errmsg: 'not found',
    who: 'user',
    action: 'tap-again',
    meaning: {
      zh: '没有找到这份密文的加密记录：已超过三天，或不属于本小程序。',
      en: 'WeChat has no record of this ciphertext: older than three days, or of another app.',
    },
    fix: { zh: '拒绝这份数据，请用户重新点击授权按钮。', en: 'Refuse the data and let the user tap the button again.' },
  },
  1000: {
    errmsg: 'system error',
    who: 'wechat',
    action: 'retry',
    meaning: { zh: '微信系统错误（插件 openpid 接口）。', en: 'System error (plug-in openpid).' },
    fix: {
      zh: '稍候重试；若持续出现，检查插件配置。',
      en: 'Try again after a pause; if it persists, check the plug-in settings.',
    },
  },
  1001: {
    errmsg: 'invalid request parameter',
    who: 'developer',
    action: 'fix-request',
    meaning: {
      zh: '请求参数不合法（插件 openpid 接口）。',
      en: 'A request parameter is not allowed (plug-in openpid).',
    },
    fix: { zh: '对照接口文档检查请求体。', en: 'Check the body against the documentation of the call.' },
  },
  1003: {
    errmsg: 'request too frequent',
    who: 'operator',
    action: 'wait',
    meaning: { zh: '请求过于频繁（插件 openpid 接口）。', en: 'Called too often (plug-in openpid).' },
    fix: { zh: '降低调用频率，稍后再试。', en: 'Call less often and try again later.' },
  },
  1005: {
    errmsg: 'plugin appid mismatch',
    who: 'developer',
    action: 'fix-request',
    meaning: { zh: '插件 AppID 与数据不匹配。', en: 'The plug-in app id does not fit the data.' },
    fix: {
      zh: '使用签发该 code 的插件的 access_token。',
      en: 'Use the access_token of the plug-in that the code was issued to.',
    },
  },
  1007: {
    errmsg: 'openpid not found',
    who: 'developer',
    action: 'fix-request',
    meaning: { zh: 'openpid 数据不存在。', en: 'There is no such openpid.' },
    fix: {
      zh: '确认 code 来自 wx.pluginLogin，而不是 wx.login。',
      en: 'Make sure that the code comes from wx.pluginLogin, not from wx.login.',
    },
  },
  1022: {
    errmsg: 'json parse error',
    who: 'developer',
    action: 'fix-request',
    meaning: {
      zh: '请求体不是合法的 JSON（插件 openpid 接口）。',
      en: 'The body is not valid JSON (plug-in openpid).',
    },
    fix: { zh: '以 JSON 格式发送请求体。', en: 'Send the body as JSON.' },
  },
  40001: {
    errmsg: 'invalid credential, access_token is invalid or not latest',
    who: 'operator',
    action: 'renew-token',
    meaning: {
      zh: 'access_token 无效或已被替换，也可能是 AppSecret 错误。',
      en: 'The access_token is wrong or was replaced, or the AppSecret is wrong.',
    },
    fix: {
      zh: '丢弃缓存的 access_token，重新获取后只重试一次；若再次出现，检查 AppID 与 AppSecret。',
      en: 'Drop the cached token, get a new one and retry once; if it repeats, check app id and AppSecret.',
    },
  },
  40002: {
    errmsg: 'invalid grant_type',
    who: 'developer',
    action: 'fix-request',
    meaning: { zh: 'grant_type 不正确。', en: 'The grant_type is wrong.' },
    fix: { zh: '按接口文档填写 grant_type。', en: 'Send the grant_type that the documentation names.' },
  },
  40003: {
    errmsg: 'invalid openid',
    who: 'developer',
    action: 'fix-request',
    meaning: { zh: 'openid 不正确，或不属于本小程序。', en: 'The openid is wrong or belongs to another app.' },
    fix: { zh: '使用本小程序登录时得到的 openid。', en: 'Use the openid that the login of this app answered.' },
  },
  40013: {
    errmsg: 'invalid appid',
    who: 'operator',
    action: 'fix-settings',
    meaning: {
      zh: 'AppID 不正确；换取手机号时表示 access_token 与 code 不属于同一个小程序。',
      en: 'The app id is wrong; for a phone code: access_token and code are of different apps.',
    },
    fix: {
      zh: '检查服务端配置的 AppID，并确认小程序与服务端使用同一个 AppID。',
      en: 'Check the app id of the server, and that mini program and server use the same one.',
    },
  },
  40014: {
    errmsg: 'invalid access_token',
    who: 'operator',
    action: 'renew-token',
    meaning: { zh: 'access_token 格式不正确。', en: 'The access_token is malformed.' },
    fix: {
      zh: '丢弃缓存的 access_token，重新获取后只重试一次。',
      en: 'Drop the cached token, get a new one and retry once.',
    },
  },
  40016: {
    errmsg: 'invalid button size',
    who: 'developer',
    action: 'fix-request',
    meaning: {
      zh: '按钮个数不合法（插件 openpid 接口的文档列有此码）。',
      en: 'A number of buttons is not allowed (listed by the documentation of plug-in openpid).',
    },
    fix: { zh: '对照接口文档检查请求。', en: 'Check the request against the documentation of the call.' },
  },
  40029: {
    errmsg: 'invalid code',
    who: 'user',
    action: 'new-code',
    meaning: {
      zh: 'code 无效：已过期、用错种类、属于其他小程序，或从未签发。',
      en: 'The code is invalid: expired, of the wrong kind, of another app, or never issued.',
    },
    fix: {
      zh: '不要重试，请小程序重新获取 code；登录 code 与手机号 code 不能互换。',
      en: 'Do not retry; let the mini program get a fresh code. Login codes and phone codes are not interchangeable.',
    },
  },
  40090: {
    errmsg: 'invalid request source (bad client ip)',
    who: 'developer',
    action: 'fix-request',
    meaning: {
      zh: '请求来源不合法，常见于第三方平台用错接口或凭证。',
      en: 'The source of the request is not allowed; often a wrong path or token of a third-party platform.',
    },
    fix: {
      zh: '检查调用的接口与使用的 access_token 是否对应。',
      en: 'Check that path and access_token belong together.',
    },
  },
  40097: {
    errmsg: 'invalid args',
    who: 'developer',
    action: 'fix-request',
    meaning: { zh: '参数错误。', en: 'A parameter is wrong.' },
    fix: { zh: '对照接口文档检查参数。', en: 'Check the parameters against the documentation of the call.' },
  },
  40125: {
    errmsg: 'invalid appsecret',
    who: 'operator',
    action: 'fix-settings',
    meaning: { zh: 'AppSecret 错误，可能已被重置。', en: 'The AppSecret is wrong; perhaps it was reset.' },
    fix: {
      zh: '在公众平台核对 AppSecret，并更新服务端配置。',
      en: 'Check the AppSecret in the WeChat console and update the server.',
    },
  },
  40163: {
    errmsg: 'code been used',
    who: 'developer',
    action: 'new-code',
    meaning: { zh: 'code 已经被使用过。', en: 'The code has been used before.' },
    fix: {
      zh: '不要重试。把重复提交当作同一次登录处理，或请小程序重新获取 code。',
      en: 'Do not retry. Treat a double submission as one login, or let the mini program get a fresh code.',
    },
  },
  40164: {
    errmsg: 'invalid ip, not in whitelist',
    who: 'operator',
    action: 'fix-settings',
    meaning: { zh: '服务器 IP 不在白名单中。', en: 'The IP address of the server is not on the allow list.' },
    fix: {
      zh: '在公众平台把服务器的出口 IP 加入白名单。',
      en: 'Add the outgoing IP address of the server to the allow list in the WeChat console.',
    },
  },
  40201: {
    errmsg: 'invalid url',
    who: 'operator',
    action: 'fix-settings',
    meaning: { zh: '没有设置消息推送的 URL。', en: 'No URL for message push is set.' },
    fix: {
      zh: '在公众平台的消息推送设置中填写 URL。',
      en: 'Set the URL in the message push settings of the WeChat console.',
    },
  },
  40202: {
    errmsg: 'invalid action',
    who: 'developer',
    action: 'fix-request',
    meaning: { zh: 'action 参数不正确。', en: 'The parameter action is wrong.' },
    fix: { zh: 'action 取 dns、ping 或 all。', en: 'Send dns, ping or all.' },
  },
  40203: {
    errmsg: 'invalid check_operator',
    who: 'developer',
    action: 'fix-request',
    meaning: { zh: 'check_operator 参数不正确。', en: 'The parameter check_operator is wrong.' },
    fix: { zh: 'check_operator 取 CHINANET、UNICOM、CAP 或 DEFAULT。', en: 'Send CHINANET, UNICOM, CAP or DEFAULT.' },
  },
  40226: {
    errmsg: 'code blocked',
    who: 'user',
    action: 'refuse',
    meaning: { zh: '高风险用户，微信拦截了登录。', en: 'WeChat blocks the login of this user as high risk.' },
    fix: { zh: '向用户显示中性的提示，不要重试。', en: 'Show the user a neutral refusal; do not retry.' },
  },
  40230: {
    errmsg: 'API_Missing_Wechatmp_Serial',
    who: 'developer',
    action: 'fix-request',
    meaning: {
      zh: '安全模式：缺少 Wechatmp-Serial 请求头。',
      en: 'Secure mode: the header Wechatmp-Serial is missing.',
    },
    fix: { zh: '补上该请求头。', en: 'Send the header.' },
  },
  40231: {
    errmsg: 'API_Missing_Wechatmp_Timestamp',
    who: 'developer',
    action: 'fix-request',
    meaning: {
      zh: '安全模式：缺少 Wechatmp-TimeStamp 请求头。',
      en: 'Secure mode: the header Wechatmp-TimeStamp is missing.',
    },
    fix: { zh: '补上该请求头。', en: 'Send the header.' },
  },
  40232: {
    errmsg: 'API_Missing_Wechatmp_Signature',
    who: 'developer',
    action: 'fix-request',
    meaning: {
      zh: '安全模式：缺少 Wechatmp-Signature 请求头。',
      en: 'Secure mode: the header Wechatmp-Signature is missing.',
    },
    fix: { zh: '补上该请求头。', en: 'Send the header.' },
  },
  40233: {
    errmsg: 'API_Missing_Wechatmp_Appid',
    who: 'developer',
    action: 'fix-request',
    meaning: { zh: '安全模式：缺少 Wechatmp-AppId 请求头。', en: 'Secure mode: the header Wechatmp-AppId is missing.' },
    fix: { zh: '补上该请求头。', en: 'Send the header.' },
  },
  40234: {
    errmsg: 'API_Invalid_Signature',
    who: 'operator',
    action: 'fix-settings',
    meaning: { zh: '安全模式：签名不正确。', en: 'Secure mode: the signature is wrong.' },
    fix: {
      zh: '检查签名私钥是否与公众平台上的公钥成对，以及待签名文本的拼接。',
      en: 'Check that the private key fits the public key in the console, and how the signed text is put together.',
    },
  },
  40235: {
    errmsg: 'API_Invalid_Encrypt',
    who: 'operator',
    action: 'fix-settings',
    meaning: { zh: '安全模式：加密不正确。', en: 'Secure mode: the encryption is wrong.' },
    fix: {
      zh: '检查对称密钥、密钥编号以及附加认证数据的拼接。',
      en: 'Check the symmetric key, its number and how the additional data is put together.',
    },
  },
  40236: {
    errmsg: 'API_Invalid_Wechatmp_Appid',
    who: 'developer',
    action: 'fix-request',
    meaning: { zh: '安全模式：Wechatmp-AppId 不正确。', en: 'Secure mode: Wechatmp-AppId is wrong.' },
    fix: { zh: '填写本小程序的 AppID。', en: 'Send the app id of this mini program.' },
  },
  40237: {
    errmsg: 'API_Invalid_Wechatmp_Appidmatch',
    who: 'developer',
    action: 'fix-request',
    meaning: {
      zh: '安全模式：Wechatmp-AppId 与 access_token 不属于同一个小程序。',
      en: 'Secure mode: Wechatmp-AppId and access_token are of different apps.',
    },
    fix: { zh: '使用同一个小程序的 AppID 与 access_token。', en: 'Use app id and access_token of the same app.' },
  },
  40238: {
    errmsg: 'API_NoExist_DevSecretSym',
    who: 'operator',
    action: 'fix-settings',
    meaning: { zh: '安全模式：没有配置对称密钥。', en: 'Secure mode: no symmetric key is set.' },
    fix: {
      zh: '在公众平台的 API 安全中配置对称密钥。',
      en: 'Set the symmetric key under API security in the WeChat console.',
    },
  },
  40239: {
    errmsg: 'API_NoExist_DevSecretAsym',
    who: 'operator',
    action: 'fix-settings',
    meaning: { zh: '安全模式：没有配置应用公钥。', en: 'Secure mode: no public key is set.' },
    fix: {
      zh: '在公众平台的 API 安全中配置应用公钥。',
      en: 'Set the public key under API security in the WeChat console.',
    },
  },
  40240: {
    errmsg: 'API_Expired_Wechatmp_Timestamp',
    who: 'operator',
    action: 'fix-settings',
    meaning: { zh: '安全模式：时间戳已过期。', en: 'Secure mode: the timestamp is too old.' },
    fix: { zh: '校准服务器时间。', en: 'Correct the clock of the server.' },
  },
  40243: {
    errmsg: 'AppSecret frozen',
    who: 'operator',
    action: 'fix-settings',
    meaning: { zh: 'AppSecret 已被冻结。', en: 'The AppSecret is frozen.' },
    fix: { zh: '在公众平台解冻 AppSecret。', en: 'Unfreeze the AppSecret in the WeChat console.' },
  },
  41001: {
    errmsg: 'access_token missing',
    who: 'developer',
    action: 'fix-request',
    meaning: { zh: '缺少 access_token。', en: 'The access_token is missing.' },
    fix: { zh: '在查询参数中携带 access_token。', en: 'Send the access_token in the query.' },
  },
  41002: {
    errmsg: 'appid missing',
    who: 'developer',
    action: 'fix-request',
    meaning: { zh: '缺少 appid。', en: 'The appid is missing.' },
    fix: { zh: '补上 appid 参数。', en: 'Send the appid.' },
  },
  41004: {
    errmsg: 'appsecret missing',
    who: 'developer',
    action: 'fix-request',
    meaning: {
      zh: '缺少 secret；第三方平台登录接口参数错误时也会返回此码。',
      en: 'The secret is missing; the login of a third-party platform also answers this to wrong parameters.',
    },
    fix: {
      zh: '补上 secret 参数；第三方平台则核对全部参数。',
      en: 'Send the secret; for a third-party platform check all parameters.',
    },
  },
  41008: {
    errmsg: 'missing code',
    who: 'developer',
    action: 'fix-request',
    meaning: { zh: '缺少 code。', en: 'The code is missing.' },
    fix: { zh: '补上 js_code 参数，不能为空。', en: 'Send a js_code that is not empty.' },
  },
  41021: {
    errmsg: 'missing component_access_token',
    who: 'developer',
    action: 'fix-request',
    meaning: { zh: '缺少 component_access_token。', en: 'The component_access_token is missing.' },
    fix: { zh: '补上 component_access_token 参数。', en: 'Send the component_access_token.' },
  },
  42001: {
    errmsg: 'access_token expired',
    who: 'operator',
    action: 'renew-token',
    meaning: { zh: 'access_token 已过期。', en: 'The access_token has expired.' },
    fix: {
      zh: '丢弃缓存的 access_token，重新获取后只重试一次。',
      en: 'Drop the cached token, get a new one and retry once.',
    },
  },
  43002: {
    errmsg: 'require POST method',
    who: 'developer',
    action: 'fix-request',
    meaning: { zh: '该接口要求 POST。', en: 'The call must be a POST.' },
    fix: { zh: '改用 POST。', en: 'Use POST.' },
  },
  44002: {
    errmsg: 'empty post data',
    who: 'developer',
    action: 'fix-request',
    meaning: { zh: '请求体为空。', en: 'The body is empty.' },
    fix: { zh: '以 JSON 格式发送请求体。', en: 'Send the body as JSON.' },
  },
  45009: {
    errmsg: 'reach max api daily quota limit',
    who: 'operator',
    action: 'wait',
    meaning: { zh: '接口调用次数达到每日上限。', en: 'The daily limit of the call is reached.' },
    fix: {
      zh: '等到次日，或在公众平台清零（每月 10 次）。',
      en: 'Wait for the next day, or clear the quota in the WeChat console (10 times a month).',
    },
  },
  45011: {
    errmsg: 'api minute-quota reach limit, must slower, retry next minute',
    who: 'operator',
    action: 'wait',
    meaning: { zh: '接口调用过于频繁，达到每分钟上限。', en: 'The limit per minute is reached.' },
    fix: {
      zh: '等到下一分钟再试；同一用户的登录每分钟不超过 100 次。',
      en: 'Wait for the next minute; logins of one user are limited to 100 a minute.',
    },
  },
  47001: {
    errmsg: 'data format error',
    who: 'developer',
    action: 'fix-request',
    meaning: { zh: '请求体不是合法的 JSON，或缺少字段。', en: 'The body is not valid JSON or lacks a field.' },
    fix: { zh: '对照接口文档检查请求体。', en: 'Check the body against the documentation of the call.' },
  },
  48001: {
    errmsg: 'api unauthorized',
    who: 'operator',
    action: 'fix-settings',
    meaning: {
      zh: '没有调用该接口的权限；个人主体不能获取手机号。',
      en: 'The account may not use this call; personal accounts get no phone numbers.',
    },
    fix: {
      zh: '在公众平台确认账号主体、认证与接口权限。',
      en: 'Check the kind of the account, its certification and its permissions in the WeChat console.',
    },
  },
  48004: {
    errmsg: 'api forbidden for irregularities',
    who: 'operator',
    action: 'fix-settings',
    meaning: { zh: '接口因违规被封禁。', en: 'The call is banned for irregularities.' },
    fix: { zh: '登录公众平台查看站内信并申诉。', en: 'Read the notices in the WeChat console and appeal.' },
  },
  48006: {
    errmsg: 'forbid to clear quota because of reaching the limit',
    who: 'operator',
    action: 'wait',
    meaning: { zh: '清零次数已用完。', en: 'The quota cannot be cleared any more this month.' },
    fix: {
      zh: '等到下个月，或等每日额度自动恢复。',
      en: 'Wait for the next month, or for the daily quota to come back.',
    },
  },
  50002: {
    errmsg: 'user limited',
    who: 'operator',
    action: 'fix-settings',
    meaning: { zh: '账号受到限制。', en: 'The account is limited.' },
    fix: { zh: '登录公众平台查看站内信。', en: 'Read the notices in the WeChat console.' },
  },
  50004: {
    errmsg: 'forbidden to use token interface',
    who: 'operator',
    action: 'fix-settings',
    meaning: { zh: '账号受到处罚，不能获取 access_token。', en: 'The account is punished and gets no access_token.' },
    fix: { zh: '登录公众平台查看站内信并申诉。', en: 'Read the notices in the WeChat console and appeal.' },
  },
  50007: {
    errmsg: 'account frozen',
    who: 'operator',
    action: 'fix-settings',
    meaning: { zh: '账号已被冻结。', en: 'The account is frozen.' },
    fix: { zh: '登录公众平台按提示解冻。', en: 'Unfreeze the account in the WeChat console.' },
  },
  61003: {
    errmsg: 'component is not authorized by this account',
    who: 'operator',
    action: 'fix-settings',
    meaning: {
      zh: '小程序没有授权给该第三方平台。',
      en: 'The mini program has not authorized this third-party platform.',
    },
    fix: {
      zh: '请小程序管理员重新授权。',
      en: 'Let the administrator of the mini program authorize the platform again.',
    },
  },
  61004: {
    errmsg: 'access clientip is not registered',
    who: 'operator',
    action: 'fix-settings',
    meaning: {
      zh: '调用的 IP 不在第三方平台的白名单里。',
      en: 'The IP address is not on the allow list of the third-party platform.',
    },
    fix: {
      zh: '在开放平台把服务器的 IP 加入第三方平台的白名单。',
      en: 'Add the IP address of the server to the allow list of the platform.',
    },
  },
  61005: {
    errmsg: 'component ticket is expired',
    who: 'operator',
    action: 'fix-settings',
    meaning: {
      zh: 'component_verify_ticket 已过期（十二小时）。',
      en: 'The component_verify_ticket is older than twelve hours.',
    },
    fix: {
      zh: '检查授权事件接收 URL 是否还在收到推送，改用最新的 ticket。',
      en: 'Check that the URL for authorization events still gets its pushes, and use the newest ticket.',
    },
  },
  61006: {
    errmsg: 'component ticket is invalid',
    who: 'operator',
    action: 'fix-settings',
    meaning: { zh: 'component_verify_ticket 不正确。', en: 'The component_verify_ticket is wrong.' },
    fix: { zh: '改用微信最近推送的 ticket。', en: 'Use the ticket that WeChat pushed last.' },
  },
  61007: {
    errmsg: 'api is unauthorized to component',
    who: 'operator',
    action: 'fix-settings',
    meaning: {
      zh: '授权给第三方平台的权限集不包含该接口。',
      en: 'The permission set of the third-party platform lacks this call.',
    },
    fix: {
      zh: '请小程序管理员授权相应的权限集。',
      en: 'Let the administrator of the mini program grant the permission set.',
    },
  },
  61009: {
    errmsg: 'code is invalid',
    who: 'operator',
    action: 'fix-settings',
    meaning: { zh: '授权码不正确，或已经用过。', en: 'The authorization code is wrong or was used before.' },
    fix: {
      zh: '请小程序管理员重新授权。',
      en: 'Let the administrator of the mini program authorize the platform again.',
    },
  },
  61010: {
    errmsg: 'code is expired',
    who: 'operator',
    action: 'fix-settings',
    meaning: { zh: '授权码已过期。', en: 'The authorization code has expired.' },
    fix: {
      zh: '请小程序管理员重新授权，并及时换取令牌。',
      en: 'Let the administrator authorize again, and exchange the code at once.',
    },
  },
  61011: {
    errmsg: 'invalid component',
    who: 'operator',
    action: 'fix-settings',
    meaning: { zh: '这不是第三方平台的 AppID。', en: 'This is not the app id of a third-party platform.' },
    fix: {
      zh: '使用第三方平台自己的 AppID 与 AppSecret，不是小程序的。',
      en: 'Use app id and secret of the third-party platform itself, not those of a mini program.',
    },
  },
  61023: {
    errmsg: 'refresh_token is invalid',
    who: 'operator',
    action: 'fix-settings',
    meaning: {
      zh: 'authorizer_refresh_token 无效：授权已被取消，或后来又授权过一次。',
      en: 'The authorizer_refresh_token is dead: the authorization was withdrawn, or given anew since.',
    },
    fix: {
      zh: '使用最近一次授权得到的令牌，或请小程序管理员重新授权。',
      en: 'Use the token of the latest authorization, or let the administrator authorize again.',
    },
  },
  76001: {
    errmsg: 'rid not found',
    who: 'developer',
    action: 'fix-request',
    meaning: { zh: '没有找到这个 rid。', en: 'There is no such rid.' },
    fix: { zh: '检查 rid 是否抄写完整。', en: 'Check that the rid is complete.' },
  },
  76002: {
    errmsg: 'rid is error',
    who: 'developer',
    action: 'fix-request',
    meaning: { zh: 'rid 格式不正确。', en: 'The rid is malformed.' },
    fix: {
      zh: 'rid 由三组以连字符相连的 8 位十六进制数组成。',
      en: 'A rid has three groups of 8 hex digits, joined by hyphens.',
    },
  },
  76003: {
    errmsg: 'could not query this rid, no permission',
    who: 'developer',
    action: 'fix-request',
    meaning: { zh: '没有权限查询这个 rid，它属于其他账号。', en: 'The rid belongs to another account.' },
    fix: { zh: '用产生该 rid 的账号查询。', en: 'Ask with the account that the rid belongs to.' },
  },
  76004: {
    errmsg: 'rid time is error',
    who: 'developer',
    action: 'fix-request',
    meaning: { zh: 'rid 已超过七天。', en: 'The rid is older than seven days.' },
    fix: { zh: '在七天之内查询。', en: 'Ask within seven days.' },
  },
  76021: {
    errmsg: 'cgi_path not found, please check',
    who: 'developer',
    action: 'fix-request',
    meaning: { zh: '没有这个 cgi_path。', en: 'There is no such cgi_path.' },
    fix: {
      zh: '检查 cgi_path，以斜杠开头且不含域名。',
      en: 'Check the cgi_path: it begins with a slash and has no host.',
    },
  },
  76022: {
    errmsg: 'could not use this cgi_path, no permission',
    who: 'developer',
    action: 'fix-request',
    meaning: {
      zh: '不能查询这个 cgi_path，/sns/ 下的接口都是如此。',
      en: 'This cgi_path cannot be asked about; so it is for everything below /sns/.',
    },
    fix: { zh: '无需处理。', en: 'Nothing to do.' },
  },
  87007: {
    errmsg: 'session_key is not existd or expired',
    who: 'user',
    action: 'log-in-again',
    meaning: { zh: 'session_key 不存在或已过期。', en: 'The session_key does not exist or has expired.' },
    fix: { zh: '请小程序重新调用 wx.login 登录。', en: 'Let the mini program log in again with wx.login.' },
  },
  87008: {
    errmsg: 'invalid sig_method',
    who: 'developer',
    action: 'fix-request',
    meaning: { zh: 'sig_method 不正确。', en: 'The sig_method is wrong.' },
    fix: { zh: 'sig_method 取 hmac_sha256。', en: 'Send hmac_sha256.' },
  },
  87009: {
    errmsg: 'invalid signature',
    who: 'user',
    action: 'log-in-again',
    meaning: {
      zh: '签名与当前的 session_key 不符，保存的 session_key 多半已经过时。',
      en: 'The signature does not fit the valid session_key: the stored one is most likely outdated.',
    },
    fix: { zh: '请小程序重新调用 wx.login 登录。', en: 'Let the mini program log in again with wx.login.' },
  },
  89002: {
    errmsg: 'open not exists',
    who: 'operator',
    action: 'fix-settings',
    meaning: { zh: '小程序没有绑定开放平台账号。', en: 'The mini program is not bound to an open-platform account.' },
    fix: { zh: '在微信开放平台绑定小程序。', en: 'Bind the mini program on the WeChat open platform.' },
  },
  89300: {
    errmsg: 'invalid trade',
    who: 'developer',
    action: 'fix-request',
    meaning: {
      zh: '订单无效，或支付已超过五分钟。',
      en: 'The order is invalid, or was paid more than five minutes ago.',
    },
    fix: {
      zh: '在支付后的五分钟内调用，并核对订单号。',
      en: 'Call within five minutes of the payment and check the order number.',
    },
  },
  89503: {
    errmsg: 'admin confirmation required for this IP',
    who: 'operator',
    action: 'fix-settings',
    meaning: {
      zh: '该 IP 的调用需要管理员确认。',
      en: 'Calls from this IP address need the confirmation of the administrator.',
    },
    fix: { zh: '请管理员在微信上确认。', en: 'Let the administrator confirm it in WeChat.' },
  },
  89506: {
    errmsg: 'IP refused by the admin, 24 h',
    who: 'operator',
    action: 'fix-settings',
    meaning: {
      zh: '管理员拒绝了该 IP，24 小时内不能调用。',
      en: 'The administrator refused this IP address for 24 hours.',
    },
    fix: { zh: '与管理员确认后，24 小时后再试。', en: 'Talk to the administrator and try again after 24 hours.' },
  },
  89507: {
    errmsg: 'IP refused by the admin, 1 h',
    who: 'operator',
    action: 'fix-settings',
    meaning: {
      zh: '管理员拒绝了该 IP，1 小时内不能调用。',
      en: 'The administrator refused this IP address for one hour.',
    },
    fix: { zh: '与管理员确认后，1 小时后再试。', en: 'Talk to the administrator and try again after one hour.' },
  },
} as const satisfies Readonly<Record<number, ErrcodeRow>>
