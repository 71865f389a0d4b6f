import type { Retry } from './retry.ts'
import type { Sentence } from './sentence.ts'

/** One row of the code table: what happened, who can mend it and how. */
export interface CodeRow {
  readonly status: number
  readonly retry: Retry
  /** Who can mend it. */
  readonly who: 'user' | 'developer' | 'operator'
  readonly message: Sentence
  readonly fix: Sentence
  /** WeChat errcodes that end here. */
  readonly errcodes?: readonly number[]
}

/**
 * Every code that the HTTP API can answer. Documentation, HTTP mapping and the client are made from this table;
 * a code, once released, never changes its meaning.
 *
 * @example
 * problemCodes.code_invalid.status // 401
 */
export const problemCodes = {
  request_malformed: {
    status: 400,
    retry: 'never',
    who: 'developer',
    message: { zh: '请求体不是合法的 JSON。', en: 'The request body is not valid JSON.' },
    fix: {
      zh: '用 UTF-8 编码的 JSON 对象发送请求体，键不能重复。',
      en: 'Send the body as one JSON object in UTF-8 without duplicate keys.',
    },
  },
  request_invalid: {
    status: 400,
    retry: 'never',
    who: 'developer',
    message: {
      zh: '请求中有字段缺失、多余或格式不对。',
      en: 'A field of the request is missing, unknown or has a wrong form.',
    },
    fix: {
      zh: '按照 field 与 detail 的提示修改请求；openid、unionid、userId 等身份字段不接受由客户端提交。',
      en: 'Correct the field named in "field" as "detail" says; identity fields such as openid, unionid or userId are never accepted from a client.',
    },
  },
  request_too_large: {
    status: 413,
    retry: 'never',
    who: 'developer',
    message: { zh: '请求体太大。', en: 'The request body is too large.' },
    fix: { zh: '请求体不得超过 16 KB。', en: 'Keep the body within 16 KB.' },
  },
  media_type_unsupported: {
    status: 415,
    retry: 'never',
    who: 'developer',
    message: { zh: '请求体的 Content-Type 不受支持。', en: 'The content type of the body is not supported.' },
    fix: { zh: '把 Content-Type 设为 application/json。', en: 'Set Content-Type to application/json.' },
  },
  route_unknown: {
    status: 404,
    retry: 'never',
    who: 'developer',
    message: { zh: '没有这个接口。', en: 'There is no such route.' },
    fix: { zh: '对照接口文档检查路径。', en: 'Check the path against the HTTP reference.' },
  },
  method_not_allowed: {
    status: 405,
    retry: 'never',
    who: 'developer',
    message: { zh: '该接口不支持这个请求方法。', en: 'The route does not take this method.' },
    fix: { zh: '使用 Allow 响应头列出的方法。', en: 'Use a method named in the Allow header.' },
  },
  app_unknown: {
    status: 400,
    retry: 'never',
    who: 'developer',
    message: { zh: '服务端没有配置这个小程序。', en: 'The server does not know this mini program.' },
    fix: {
      zh: '检查 appId 是否写错；若正确，请在服务端添加该小程序。',
      en: 'Check the appId; if it is right, add the mini program to the server.',
    },
  },
  code_invalid: {
    status: 401,
    retry: 'login',
    who: 'developer',
    message: { zh: '登录凭证 code 无效或已过期。', en: 'The login code is invalid or has expired.' },
    fix: {
      zh: '重新调用 wx.login 取得新的 code。code 五分钟内有效，且不能用手机号按钮返回的 code 代替。',
      en: 'Call wx.login for a fresh code. It lives five minutes, and the code of the phone button cannot stand in for it.',
    },
    errcodes: [40029],
  },
  code_consumed: {
    status: 409,
    retry: 'login',
    who: 'developer',
    message: { zh: '登录凭证 code 已经被使用过。', en: 'The login code has been used before.' },
    fix: {
      zh: '每个 code 只能使用一次。重试同一次登录时请使用同一个 nonce，否则重新调用 wx.login。',
      en: 'A code works once. Repeat the same attempt with the same nonce, or call wx.login again.',
    },
    errcodes: [40163],
  },
  user_blocked: {
    status: 403,
    retry: 'never',
    who: 'user',
    message: {
      zh: '微信平台认为该用户风险较高，拒绝了登录。',
      en: 'WeChat refused the login of this user as high risk.',
    },
    fix: { zh: '向用户显示中性的拒绝提示，不要重试。', en: 'Show the user a neutral refusal; do not retry.' },
    errcodes: [40226],
  },
  account_blocked: {
    status: 403,
    retry: 'never',
    who: 'user',
    message: { zh: '该账号已被运营人员停用。', en: 'An operator has blocked this account.' },
    fix: {
      zh: '向用户显示中性的提示与客服联系方式，不要重试；恢复请用 POST /admin/v1/users/{id}/unblock。',
      en: 'Show the user a neutral notice and how to reach you; do not retry. POST /admin/v1/users/{id}/unblock lets them in again.',
    },
  },
  phone_code_invalid: {
    status: 400,
    retry: 'tap',
    who: 'user',
    message: {
      zh: '手机号 code 无效、已过期或不属于当前用户。',
      en: 'The phone code is invalid, has expired or belongs to somebody else.',
    },
    fix: {
      zh: '请用户再次点击授权按钮。手机号 code 五分钟内有效，且不能用 wx.login 的 code 代替。',
      en: 'Ask the user to tap the phone button again. The phone code lives five minutes, and a wx.login code cannot stand in for it.',
    },
    errcodes: [40029, 40013],
  },
  phone_code_consumed: {
    status: 409,
    retry: 'tap',
    who: 'user',
    message: { zh: '手机号 code 已经被使用过。', en: 'The phone code has been used before.' },
    fix: {
      zh: '重试同一次提交时请使用同一个 nonce，否则请用户再次点击授权按钮。',
      en: 'Repeat the same submission with the same nonce, or ask the user to tap the phone button again.',
    },
  },
  attempt_pending: {
    status: 409,
    retry: 'later',
    who: 'developer',
    message: { zh: '同一次提交仍在处理中。', en: 'The same attempt is still under way.' },
    fix: {
      zh: '稍后用同一个 nonce 重试，即可得到结果。',
      en: 'Repeat a little later with the same nonce to get its outcome.',
    },
  },
  phone_data_invalid: {
    status: 400,
    retry: 'tap',
    who: 'user',
    message: { zh: '手机号密文无法确认。', en: 'The encrypted phone data could not be confirmed.' },
    fix: {
      zh: '请先登录，再让用户点击授权按钮，并把密文与该次登录的 loginId 一起提交。',
      en: 'Log in first, let the user tap the phone button afterwards, and send the ciphertext with the loginId of that login.',
    },
  },
  open_data_off: {
    status: 403,
    retry: 'never',
    who: 'operator',
    message: {
      zh: '该小程序没有开启 encryptedData 方式。',
      en: 'The encryptedData way is switched off for this mini program.',
    },
    fix: {
      zh: '提交手机号 code（基础库 2.21.2 起），或在服务端为该小程序开启 openData。',
      en: 'Send the phone code (base library 2.21.2 and later), or switch on openData for this mini program on the server.',
    },
  },
  login_unusable: {
    status: 409,
    retry: 'login',
    who: 'developer',
    message: { zh: '这个 loginId 已不能用于解密。', en: 'This loginId can no longer open encrypted data.' },
    fix: {
      zh: '重新登录取得新的 loginId，再让用户点击授权按钮。',
      en: 'Log in again for a new loginId, then let the user tap the phone button.',
    },
  },
  phone_taken: {
    status: 409,
    retry: 'never',
    who: 'user',
    message: { zh: '这个手机号已经属于另一个账号。', en: 'This phone number belongs to another account.' },
    fix: {
      zh: '请用户使用原账号登录，或联系客服。',
      en: 'Let the user sign in to the other account, or contact support.',
    },
  },
  phone_cooling: {
    status: 409,
    retry: 'never',
    who: 'user',
    message: {
      zh: '这个手机号最近刚由另一个账号验证过，暂时不能转移。',
      en: 'Another account proved this phone number not long ago, so it cannot be moved yet.',
    },
    fix: {
      zh: '若两个账号属于同一人，请登录两边后合并账号；否则等冷却期（phoneCoolDownMs）过后再试。',
      en: 'If both accounts are of one person, merge them with a session on both sides; otherwise wait until phoneCoolDownMs has passed.',
    },
  },
  profile_placeholder: {
    status: 400,
    retry: 'never',
    who: 'user',
    message: {
      zh: '这是微信的占位昵称或默认头像，不是用户自己的资料。',
      en: "This is WeChat's placeholder name or grey default picture, not the user's own.",
    },
    fix: {
      zh: '使用昵称输入框 <input type="nickname"> 和头像按钮 open-type="chooseAvatar" 取得真实资料；已有资料不会被覆盖。',
      en: 'Use <input type="nickname"> and the chooseAvatar button for real ones; what was stored is not overwritten.',
    },
  },
  profile_data_invalid: {
    status: 400,
    retry: 'tap',
    who: 'user',
    message: {
      zh: '用户资料的密文或签名无法确认。',
      en: 'The encrypted or signed profile data could not be confirmed.',
    },
    fix: {
      zh: '请先登录，再重新取得用户资料，并与该次登录的 loginId 一起原样提交。',
      en: 'Log in first, get the profile anew afterwards, and send it unchanged with the loginId of that login.',
    },
  },
  avatar_invalid: {
    status: 400,
    retry: 'never',
    who: 'user',
    message: {
      zh: '头像必须是 JPEG、PNG、WebP 或 GIF 图片。',
      en: 'The avatar must be a picture in JPEG, PNG, WebP or GIF.',
    },
    fix: {
      zh: '以文件内容为准，与文件名无关；请上传 chooseAvatar 返回的临时文件。',
      en: 'The content counts, not the name; upload the temporary file that chooseAvatar gave.',
    },
  },
  avatar_too_large: {
    status: 413,
    retry: 'never',
    who: 'user',
    message: { zh: '头像文件太大。', en: 'The avatar file is too large.' },
    fix: {
      zh: '请先压缩图片；上限见 detail。',
      en: 'Compress the picture first; "detail" names the limit.',
    },
  },
  avatar_unknown: {
    status: 404,
    retry: 'never',
    who: 'developer',
    message: { zh: '没有这个头像，或已被替换。', en: 'There is no such avatar, or it was replaced.' },
    fix: {
      zh: '使用最新的 user.profile.avatarUrl。',
      en: 'Use the latest user.profile.avatarUrl.',
    },
  },
  avatars_off: {
    status: 403,
    retry: 'never',
    who: 'operator',
    message: { zh: '服务端没有配置头像存储。', en: 'The server has no storage for avatars.' },
    fix: {
      zh: '在服务端设置 avatars 选项，例如本地磁盘或 S3 兼容存储。',
      en: 'Set the option "avatars" of the server, such as the local disk or an S3-compatible storage.',
    },
  },
  consent_required: {
    status: 403,
    retry: 'never',
    who: 'user',
    message: {
      zh: '用户还没有同意当前版本的条款。',
      en: 'The user has not agreed to the current version of the text yet.',
    },
    fix: {
      zh: '请用户同意 field 所指的内容，用 POST /v1/consents 提交 detail 所示的版本，然后重试。',
      en: 'Let the user agree to what "field" names, send the version in "detail" to POST /v1/consents, then repeat.',
    },
  },
  sms_off: {
    status: 403,
    retry: 'never',
    who: 'operator',
    message: {
      zh: '该小程序没有开启短信验证码。',
      en: 'One-time codes by SMS are switched off for this mini program.',
    },
    fix: {
      zh: '请用户使用手机号按钮，或在服务端为该小程序开启 sms 并配置短信服务商。',
      en: 'Let the user take the phone button, or switch on sms for this mini program and give the server a provider.',
    },
  },
  sms_limited: {
    status: 429,
    retry: 'later',
    who: 'user',
    message: { zh: '短信发送太频繁。', en: 'Too many messages were asked for.' },
    fix: {
      zh: '等到 retryAfterMs 之后再请求新的验证码，或使用手机号按钮。',
      en: 'Ask for a new code after retryAfterMs, or take the phone button.',
    },
  },
  sms_code_wrong: {
    status: 400,
    retry: 'never',
    who: 'user',
    message: { zh: '验证码不正确。', en: 'The one-time code is wrong.' },
    fix: {
      zh: '请用户核对最近一条短信后重新输入；attemptsLeft 是剩余次数。',
      en: 'Let the user compare it with the latest message and type again; attemptsLeft tells how often.',
    },
  },
  sms_code_expired: {
    status: 410,
    retry: 'never',
    who: 'user',
    message: {
      zh: '验证码已失效：已过期、已使用，或输错次数太多。',
      en: 'The one-time code is over: it expired, was used, or was wrong too often.',
    },
    fix: {
      zh: '用 POST /v1/sms 请求新的验证码。验证码五分钟内有效，最多输错五次。',
      en: 'Ask for a new one with POST /v1/sms. A code lives five minutes and five wrong attempts.',
    },
  },
  sms_unavailable: {
    status: 503,
    retry: 'later',
    who: 'operator',
    message: { zh: '暂时无法发送短信。', en: 'Messages cannot be sent right now.' },
    fix: {
      zh: '稍后用同一个 nonce 重试；若持续出现，请根据服务端日志检查短信服务商的签名、模板、余额与密钥。',
      en: 'Repeat later with the same nonce; if it persists, check signature, template, balance and keys of the provider by the server log.',
    },
  },
  rate_limited: {
    status: 429,
    retry: 'later',
    who: 'developer',
    message: { zh: '请求太频繁。', en: 'Too many requests came in a short time.' },
    fix: {
      zh: '等到 Retry-After 之后再试；若正常使用也会遇到，请调整服务端的 limits 选项，并检查 trustProxy 是否与反向代理一致。',
      en: 'Repeat after Retry-After; if normal use meets this, adjust "limits" of the server and check that trustProxy fits your proxies.',
    },
  },
  phone_budget_spent: {
    status: 503,
    retry: 'later',
    who: 'operator',
    message: {
      zh: '今天的手机号快速验证额度已用完。',
      en: "Today's budget for paid phone numbers is spent.",
    },
    fix: {
      zh: '明天（北京时间零点）自动恢复；需要时调高该小程序的 phoneBudget，或开启 openData 作为后备。',
      en: 'It is full again at midnight in Beijing; raise phoneBudget of this mini program, or switch on openData as the other way.',
    },
  },
  token_missing: {
    status: 401,
    retry: 'login',
    who: 'developer',
    message: { zh: '请求没有携带访问令牌。', en: 'The request carries no access token.' },
    fix: {
      zh: '在 Authorization 请求头中以 Bearer 方式携带 accessToken。',
      en: 'Send the accessToken as a Bearer token in the Authorization header.',
    },
  },
  token_invalid: {
    status: 401,
    retry: 'login',
    who: 'developer',
    message: {
      zh: '访问令牌无效、已过期或会话已结束。',
      en: 'The access token is invalid or expired, or its session has ended.',
    },
    fix: {
      zh: '用刷新令牌换取新的访问令牌，或重新登录。',
      en: 'Get a new access token with the refresh token, or log in again.',
    },
  },
  refresh_invalid: {
    status: 401,
    retry: 'login',
    who: 'developer',
    message: { zh: '刷新令牌无效，或会话已结束。', en: 'The refresh token is invalid, or its session has ended.' },
    fix: {
      zh: '重新调用 wx.login 登录，用户不会有感知。',
      en: 'Log in again with wx.login; the user does not notice.',
    },
  },
  refresh_reused: {
    status: 401,
    retry: 'login',
    who: 'developer',
    message: {
      zh: '刷新令牌被重复使用，会话已出于安全原因结束。',
      en: 'The refresh token was used twice, so the session was ended for safety.',
    },
    fix: {
      zh: '重新登录。刷新请求要逐个发送，重试时使用同一个 nonce。',
      en: 'Log in again. Send refreshes one at a time and repeat a lost one with the same nonce.',
    },
  },
  session_unknown: {
    status: 404,
    retry: 'never',
    who: 'developer',
    message: { zh: '没有这个会话，或它已经结束。', en: 'There is no such session, or it has ended.' },
    fix: { zh: '重新读取会话列表。', en: 'Read the list of sessions again.' },
  },
  merge_code_invalid: {
    status: 400,
    retry: 'never',
    who: 'user',
    message: {
      zh: '合并码无效、已过期、已使用，或另一个账号已退出登录。',
      en: 'The merge code is invalid, expired or used, or the other account has logged out.',
    },
    fix: {
      zh: '登录另一个账号，用 POST /v1/me/merge/code 取得新的合并码；五分钟内有效。',
      en: 'Log in to the other account and ask for a new one with POST /v1/me/merge/code. It lives five minutes.',
    },
  },
  merge_self: {
    status: 409,
    retry: 'never',
    who: 'user',
    message: { zh: '两边是同一个账号，无需合并。', en: 'Both sides are the same account already.' },
    fix: { zh: '用另一个账号取得合并码。', en: 'Take the code of the other account.' },
  },
  merge_unknown: {
    status: 404,
    retry: 'never',
    who: 'developer',
    message: { zh: '该账号没有这次合并。', en: 'This account has no such merge.' },
    fix: {
      zh: '用 GET /v1/me/merge 查看；运营人员用 GET /admin/v1/users/{id}。',
      en: 'Look it up with GET /v1/me/merge, as an operator with GET /admin/v1/users/{id}.',
    },
  },
  merge_undo_late: {
    status: 410,
    retry: 'never',
    who: 'user',
    message: {
      zh: '这次合并已不能撤销：期限已过，或所需的数据已被删除。',
      en: 'The merge can no longer be undone: its time is over, or what it takes was erased.',
    },
    fix: {
      zh: '合并后在期限内（undoUntil，默认七天）可以撤销；撤回同意、注销或再次被合并会提前结束期限。',
      en: 'A merge can be undone until its undoUntil, by default for seven days; withdrawing a consent, erasing or merging on ends that.',
    },
  },
  merge_undo_conflict: {
    status: 409,
    retry: 'never',
    who: 'user',
    message: {
      zh: '合并之后的改动使它无法原样撤销。',
      en: 'What was changed since keeps the merge from being undone exactly.',
    },
    fix: {
      zh: '原因见 detail：later-merge 要先撤销之后的合并；avatar 表示合并来的头像已被换掉；phone 表示号码已被删除。',
      en: 'Look at "detail": undo a later-merge first; avatar means that the merged picture was replaced; phone, that a number was erased.',
    },
  },
  backend_unauthorized: {
    status: 401,
    retry: 'never',
    who: 'developer',
    message: { zh: '后端服务的身份没有通过验证。', en: 'The calling backend could not be authenticated.' },
    fix: {
      zh: '用 HTTP Basic 方式携带在服务端登记的后端 id 与密钥。',
      en: 'Send the id and secret of a backend that the server knows, with HTTP Basic.',
    },
  },
  backend_forbidden: {
    status: 403,
    retry: 'never',
    who: 'operator',
    message: { zh: '该后端服务没有这项权限。', en: 'This backend may not do that.' },
    fix: { zh: '在服务端为该后端开启 detail 所指的权限。', en: 'Grant the backend what "detail" names.' },
  },
  operator_unauthorized: {
    status: 401,
    retry: 'never',
    who: 'operator',
    message: { zh: '运营人员的身份没有通过验证。', en: 'The operator could not be authenticated.' },
    fix: {
      zh: '在控制台登录；程序则在 Authorization 请求头中以 Bearer 方式携带服务端 operators 选项中登记的令牌。',
      en: 'Sign in to the console; a program sends the token of one of the "operators" of the server as a Bearer token in the Authorization header.',
    },
  },
  operator_forbidden: {
    status: 403,
    retry: 'never',
    who: 'operator',
    message: { zh: '该运营角色没有这项权限。', en: 'The role of this operator does not allow that.' },
    fix: {
      zh: '由 detail 所指的角色来做，或在服务端的 operators 选项中调整角色。',
      en: 'Let an operator with the role in "detail" do it, or change the role in "operators" of the server.',
    },
  },
  sign_in_invalid: {
    status: 401,
    retry: 'never',
    who: 'operator',
    message: { zh: '登录没有通过验证。', en: 'The sign-in could not be verified.' },
    fix: {
      zh: '检查名称、登录密钥与验证码是否正确，手机时间是否准确；每个验证码和恢复码只能用一次。都没有了，请管理员重新邀请。',
      en: 'Check name, sign-in key and code, and the clock of the phone; every code works once. With nothing left, have an admin invite you again.',
    },
  },
  proof_needed: {
    status: 403,
    retry: 'never',
    who: 'operator',
    message: {
      zh: '这项操作需要在 5 分钟内重新验证身份。',
      en: 'This takes a proof of who you are, not older than 5 minutes.',
    },
    fix: {
      zh: '用通行密钥或验证器再次验证（POST /admin/v1/session/proof/…），然后重复操作。',
      en: 'Prove yourself by passkey or authenticator (POST /admin/v1/session/proof/…), then repeat it.',
    },
  },
  console_only: {
    status: 403,
    retry: 'never',
    who: 'operator',
    message: {
      zh: '这个请求不是由运营控制台的页面发出的。',
      en: 'The request did not come from the pages of the console.',
    },
    fix: {
      zh: '从控制台的网址发出请求，并带上请求头 x-weapp-console: 1；令牌不能用于登录与账号接口。',
      en: 'Send it from the origin of the console with the header x-weapp-console: 1; bearer tokens are not for sign-in and accounts.',
    },
  },
  invitation_invalid: {
    status: 404,
    retry: 'never',
    who: 'operator',
    message: { zh: '邀请链接无效、已被使用或已过期。', en: 'The invitation is unknown, used up or too old.' },
    fix: {
      zh: '请管理员重新邀请，或在服务器上执行 weapp-auth operators invite。链接一小时内有效，只能用一次。',
      en: 'Have an admin invite you again, or run "weapp-auth operators invite" on the server. A link works once, within an hour.',
    },
  },
  operator_unknown: {
    status: 404,
    retry: 'never',
    who: 'operator',
    message: { zh: '没有这个运营人员、会话或通行密钥。', en: 'There is no such operator, session or passkey.' },
    fix: { zh: '重新读取列表。', en: 'Read the list again.' },
  },
  operator_taken: {
    status: 409,
    retry: 'never',
    who: 'operator',
    message: { zh: '这个名称或通行密钥已经有人使用。', en: 'The name, or the passkey, is in use already.' },
    fix: { zh: '换一个名称，或换一个通行密钥。', en: 'Choose another name, or another passkey.' },
  },
  operator_needed: {
    status: 409,
    retry: 'never',
    who: 'operator',
    message: {
      zh: '不能停用或降级最后一位管理员，也不能删除最后一种登录方式。',
      en: 'The last admin stays an admin, and the last way to sign in stays.',
    },
    fix: { zh: '先添加另一位管理员或另一种登录方式。', en: 'Add another admin, or another way to sign in, first.' },
  },
  export_unknown: {
    status: 404,
    retry: 'never',
    who: 'operator',
    message: { zh: '没有这个导出申请。', en: 'There is no such export.' },
    fix: { zh: '重新读取 GET /admin/v1/exports。', en: 'Read GET /admin/v1/exports again.' },
  },
  export_second_person: {
    status: 403,
    retry: 'never',
    who: 'operator',
    message: {
      zh: '完整号码的导出要由另一个人批准或拒绝，而且那个人的账号须早于申请；只有申请人能够下载。',
      en: 'An export of full numbers is decided by another person, whose account is older than the request; only who asked may download it.',
    },
    fix: {
      zh: '请另一位管理员在控制台处理；要下载，请由申请人操作。',
      en: 'Have another admin decide in the console; have whoever asked download it.',
    },
  },
  export_closed: {
    status: 409,
    retry: 'never',
    who: 'operator',
    message: {
      zh: '这个导出申请已经处理过、尚未批准、已过期，或下载次数已用完。',
      en: 'This export was decided before, is not approved yet, is too old, or all its downloads are taken.',
    },
    fix: { zh: '看一下它的状态；需要时重新申请。', en: 'See its status; ask for a new one if you need it.' },
  },
  user_unknown: {
    status: 404,
    retry: 'never',
    who: 'operator',
    message: { zh: '没有这个用户，或已被删除、合并。', en: 'There is no such user, or they were erased or merged.' },
    fix: {
      zh: '用 POST /admin/v1/users/search 查找；已合并的用户请看 mergedInto。',
      en: 'Look for them with POST /admin/v1/users/search; of a merged user, see mergedInto.',
    },
  },
  app_taken: {
    status: 409,
    retry: 'never',
    who: 'operator',
    message: { zh: '这个小程序已经存在。', en: 'There is such a mini program already.' },
    fix: {
      zh: '用 GET /admin/v1/apps 查看；要修改它，请用 PATCH /admin/v1/apps/{appId}。',
      en: 'See GET /admin/v1/apps; to change it use PATCH /admin/v1/apps/{appId}.',
    },
  },
  app_fixed: {
    status: 409,
    retry: 'never',
    who: 'operator',
    message: {
      zh: '这个小程序写在服务端的选项或配置文件里，不能在这里修改。',
      en: 'This mini program stands in the options or the configuration file of the server and cannot be changed here.',
    },
    fix: { zh: '修改服务端的配置并重新启动。', en: 'Change the configuration of the server and start it again.' },
  },
  app_changed: {
    status: 409,
    retry: 'never',
    who: 'operator',
    message: { zh: '这个小程序刚被别人修改过。', en: 'Somebody has changed this mini program meanwhile.' },
    fix: {
      zh: '重新读取 GET /admin/v1/apps，核对后带上新的 version 再提交。',
      en: 'Read GET /admin/v1/apps again, compare, and send the change with the new version.',
    },
  },
  grant_invalid: {
    status: 400,
    retry: 'login',
    who: 'developer',
    message: {
      zh: '令牌无效、已被使用，或属于另一个小程序。',
      en: 'The token is invalid or used, or belongs to another mini program.',
    },
    fix: {
      zh: '检查 client_id 是否为签发该令牌的小程序；否则重新登录。',
      en: 'Check that client_id is the mini program the token was issued for; otherwise log in again.',
    },
  },
  grant_unsupported: {
    status: 400,
    retry: 'never',
    who: 'developer',
    message: { zh: '不支持这种授权类型。', en: 'The grant type is not supported.' },
    fix: {
      zh: 'grant_type 只能是 refresh_token；登录请使用 POST /v1/login。',
      en: 'The only grant_type is refresh_token; log in with POST /v1/login.',
    },
  },
  push_off: {
    status: 404,
    retry: 'never',
    who: 'operator',
    message: { zh: '这个小程序没有配置消息推送。', en: 'Message push is not configured for this mini program.' },
    fix: {
      zh: '检查推送网址中的 AppID，并在服务端填写与公众平台一致的 Token 与 EncodingAESKey。',
      en: 'Check the app id in the URL, and give the server the Token and the EncodingAESKey of the settings at WeChat.',
    },
  },
  push_invalid: {
    status: 403,
    retry: 'never',
    who: 'operator',
    message: { zh: '推送的消息无法确认来自微信。', en: 'The pushed message could not be confirmed to be from WeChat.' },
    fix: {
      zh: '对照公众平台检查 Token、EncodingAESKey 与加密方式，并校准服务器时间；具体原因见服务端日志。',
      en: 'Compare Token, EncodingAESKey and mode with the settings at WeChat, and set the clock of the server; its log tells the reason.',
    },
  },
  upstream_unavailable: {
    status: 503,
    retry: 'later',
    who: 'operator',
    message: { zh: '暂时无法连接微信服务器。', en: 'WeChat cannot be reached right now.' },
    fix: { zh: '稍后用同一个 nonce 重试。', en: 'Repeat a little later with the same nonce.' },
    errcodes: [-1],
  },
  upstream_bad_answer: {
    status: 502,
    retry: 'later',
    who: 'operator',
    message: { zh: '微信服务器返回了无法理解的内容。', en: 'WeChat gave an answer that cannot be understood.' },
    fix: {
      zh: '稍后重试；若持续出现，请检查出口网络是否有代理改写了响应。',
      en: 'Repeat later; if it persists, check whether a proxy rewrites the answers.',
    },
  },
  upstream_limited: {
    status: 503,
    retry: 'later',
    who: 'operator',
    message: { zh: '微信接口的调用次数达到上限。', en: 'The call limit of the WeChat API is reached.' },
    fix: {
      zh: '等到下一分钟再试；若是每日上限，请在公众平台申请提升或清零。',
      en: 'Wait for the next minute; for a daily limit, raise or clear the quota in the WeChat console.',
    },
    errcodes: [45009, 45011],
  },
  app_unauthorized: {
    status: 503,
    retry: 'never',
    who: 'operator',
    message: {
      zh: '小程序没有授权给第三方平台，或已取消授权。',
      en: 'The mini program has not authorized its third-party platform, or no longer does.',
    },
    fix: {
      zh: '请小程序管理员重新授权给第三方平台。',
      en: 'Let the administrator of the mini program authorize the platform again.',
    },
    errcodes: [61003, 61023],
  },
  app_misconfigured: {
    status: 503,
    retry: 'never',
    who: 'operator',
    message: {
      zh: '小程序的服务端配置有误，微信拒绝了请求。',
      en: 'WeChat refused the server: the mini program is configured wrongly.',
    },
    fix: {
      zh: '检查 AppID、AppSecret、IP 白名单以及接口权限，具体 errcode 见服务端日志。',
      en: 'Check app id, app secret, IP allow list and API permissions; the server log names the errcode.',
    },
    errcodes: [
      40001, 40002, 40013, 40125, 40164, 40243, 41002, 41004, 48001, 48004, 50002, 50004, 50007, 89503, 89506, 89507,
    ],
  },
  overloaded: {
    status: 503,
    retry: 'later',
    who: 'operator',
    message: { zh: '服务器忙，请稍后再试。', en: 'The server is too busy right now.' },
    fix: {
      zh: '等到 retryAfterMs 之后用同一个 nonce 重试；若持续出现，请增加实例，见 docs/operating.md。',
      en: 'Repeat after retryAfterMs with the same nonce; if it persists, run more instances, see docs/operating.md.',
    },
  },
  storage_busy: {
    status: 503,
    retry: 'later',
    who: 'operator',
    message: { zh: '存储暂时繁忙。', en: 'The storage is busy right now.' },
    fix: { zh: '稍后用同一个 nonce 重试。', en: 'Repeat a little later with the same nonce.' },
  },
  storage_full: {
    status: 503,
    retry: 'later',
    who: 'operator',
    message: { zh: '存储空间已满。', en: 'The storage is full.' },
    fix: { zh: '释放磁盘空间，服务会自动恢复写入。', en: 'Free disk space; writes resume by themselves.' },
  },
  storage_failed: {
    status: 503,
    retry: 'later',
    who: 'operator',
    message: { zh: '存储不可用。', en: 'The storage is not available.' },
    fix: { zh: '检查数据库是否运行、文件是否可写。', en: 'Check that the database runs and its file can be written.' },
  },
  shutting_down: {
    status: 503,
    retry: 'later',
    who: 'operator',
    message: { zh: '该实例即将停止。', en: 'This instance is about to stop.' },
    fix: {
      zh: '把新的请求发给其他实例；它仍会处理已到达的请求。',
      en: 'Send new requests to another instance; those that reach this one are still answered.',
    },
  },
  keys_mismatched: {
    status: 503,
    retry: 'later',
    who: 'operator',
    message: {
      zh: '服务端的根密钥与数据库不符。',
      en: 'The root key of the server is not the one its database was sealed with.',
    },
    fix: {
      zh: '恢复原来的密钥文件；密钥编号见 detail。在此之前服务不会读写任何数据。',
      en: 'Restore the former key file; "detail" names the key. Until then nothing is read or written.',
    },
  },
  internal_error: {
    status: 500,
    retry: 'later',
    who: 'operator',
    message: { zh: '服务内部出错。', en: 'Something went wrong inside the server.' },
    fix: { zh: '用 requestId 在服务端日志中查找原因。', en: 'Look up the requestId in the server log.' },
  },
} as const satisfies Readonly<Record<string, CodeRow>>

/** Closed list of codes of {@link problemCodes}. */
export type ProblemCode = keyof typeof problemCodes
