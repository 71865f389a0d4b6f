import type { Mender } from './errcodes.ts'
import type { FailureReason } from './identify-failure.ts'

/** What a failure of the client API means, and what to do about it. */
export interface FailureRow {
  readonly who: Mender
  readonly meaning: { readonly zh: string; readonly en: string }
  readonly fix: { readonly zh: string; readonly en: string }
}

/**
 * Every reason that `identifyFailure` can give, for people. From the guides of the phone component ("手机号快速验证组件"),
 * of privacy ("小程序隐私协议开发指南"), of the profile ("获取头像昵称") and the errno table ("Errno错误码").
 *
 * @example
 * failureReasons['not-in-tap'].who // 'developer'
 */
export const failureReasons = {
  declined: {
    who: 'user',
    meaning: { zh: '用户看到了授权窗口，并且拒绝了。', en: 'The user was asked and refused.' },
    fix: {
      zh: '尊重选择，不要立刻再次弹出；保留按钮，并提供其他方式。手机号没有 scope，openSetting 无法重新打开。',
      en: 'Accept it and do not ask again at once; keep the button and offer another way. There is no scope for the phone number, so openSetting cannot bring it back.',
    },
  },
  cancelled: {
    who: 'user',
    meaning: { zh: '用户关闭了窗口，没有作出选择。', en: 'The user closed the dialog without a choice.' },
    fix: { zh: '无需处理，用户可以再点一次。', en: 'Nothing to do; the user can tap again.' },
  },
  'not-permitted': {
    who: 'operator',
    meaning: { zh: '这个账号或小程序没有使用该接口的权限。', en: 'The account or the app may not use this interface.' },
    fix: {
      zh: '在公众平台确认主体、认证、接口权限与服务器域名。',
      en: 'Check the kind of the account, its certification, its permissions and its server domains in the WeChat console.',
    },
  },
  'privacy-not-agreed': {
    who: 'user',
    meaning: {
      zh: '用户还没有同意小程序的隐私保护指引。',
      en: 'The user has not agreed to the privacy guideline yet.',
    },
    fix: {
      zh: '按钮改用 open-type="getPhoneNumber|agreePrivacyAuthorization"，或用 wx.onNeedPrivacyAuthorization 展示指引，用户同意后再点。拒绝后 10 秒内再次调用会直接失败。',
      en: 'Use open-type="getPhoneNumber|agreePrivacyAuthorization", or show the guideline in wx.onNeedPrivacyAuthorization; the user agrees and taps again. Within 10 seconds of a refusal calls fail without a dialog.',
    },
  },
  'privacy-not-declared': {
    who: 'operator',
    meaning: {
      zh: '小程序的隐私保护指引没有声明这类信息。',
      en: 'The privacy guideline of the app does not declare this kind of data.',
    },
    fix: {
      zh: '在公众平台的“设置 - 服务内容声明 - 用户隐私保护指引”中补充声明，约五分钟后生效。',
      en: 'Declare it in the user privacy guideline in the WeChat console (settings, service declarations); it takes about five minutes to work.',
    },
  },
  'privacy-banned': {
    who: 'operator',
    meaning: { zh: '小程序的隐私接口已被微信封禁。', en: 'WeChat has banned the privacy interfaces of the app.' },
    fix: {
      zh: '登录公众平台查看站内信，整改后申诉。',
      en: 'Read the notices in the WeChat console, mend what they name and appeal.',
    },
  },
  'quota-exhausted': {
    who: 'operator',
    meaning: {
      zh: '手机号快速验证组件的额度已用完（体验额度 1000 次，之后付费）。',
      en: 'The quota of the phone component is used up (1000 trial calls, paid after that).',
    },
    fix: {
      zh: '在公众平台的付费管理中购买额度；在此之前提供其他方式，如短信验证码。',
      en: 'Buy more in the WeChat console; until then offer another way, such as a code by SMS.',
    },
  },
  'not-in-tap': {
    who: 'developer',
    meaning: { zh: '该接口只能在用户点击时调用。', en: 'The interface works only within a tap of the user.' },
    fix: {
      zh: '在按钮的 bindtap 中同步调用，前面不要有 await、setTimeout 或网络请求。',
      en: 'Call it in the bindtap of a button, with no await, timer or request before it.',
    },
  },
  'session-expired': {
    who: 'user',
    meaning: { zh: 'session_key 已失效。', en: 'The session_key is no longer valid.' },
    fix: {
      zh: '重新调用 wx.login，并把 code 交给服务端。',
      en: 'Call wx.login again and hand the code to the server.',
    },
  },
  busy: {
    who: 'developer',
    meaning: { zh: '同一个调用正在进行，或调用过于频繁。', en: 'The same call is under way, or came too often.' },
    fix: {
      zh: '等前一次结束；不要在定时器或 onShow 中反复调用。',
      en: 'Wait for the call before it; do not call from timers or from every onShow.',
    },
  },
  timeout: {
    who: 'user',
    meaning: { zh: '超时。', en: 'It took too long.' },
    fix: { zh: '检查网络后重试。', en: 'Check the network and try again.' },
  },
  network: {
    who: 'user',
    meaning: { zh: '网络异常，没有得到回应。', en: 'The network failed; there was no answer.' },
    fix: {
      zh: '检查网络后重试；只在真机上出现时，检查 request 合法域名、证书链与 TLS 版本。',
      en: 'Check the network and try again; if only real phones fail, check the request domain, the certificate chain and TLS.',
    },
  },
  failed: {
    who: 'developer',
    meaning: {
      zh: '原因不明，微信没有给出能够确认的说明。',
      en: 'Unknown: WeChat gives no reason that we can stand behind.',
    },
    fix: {
      zh: '按失败处理，不要当作用户拒绝；记录完整的 errMsg 与 errno，在不同的手机上复现。',
      en: 'Treat it as a failure, not as a refusal; log the whole errMsg and errno, and try other phones.',
    },
  },
} as const satisfies Readonly<Record<FailureReason, FailureRow>>

/** Where the call decides what the cure is, by `api` and reason. */
const ofCall: Readonly<Record<string, FailureRow>> = {
  // "手机号快速验证组件": open to non-individual, certified accounts.
  'getPhoneNumber not-permitted': {
    who: 'operator',
    meaning: {
      zh: '这个小程序不能获取手机号：该能力只开放给已认证的非个人主体。',
      en: 'The app gets no phone numbers: only certified accounts that are not personal do.',
    },
    fix: {
      zh: '在公众平台确认主体类型与认证是否过期；无法认证时改用短信验证码。',
      en: 'Check in the WeChat console the kind of the account and whether its certification has run out; without one, use codes by SMS.',
    },
  },
  // "网络": only domains on the list, https, no IP address, no port that is not listed.
  'request not-permitted': {
    who: 'operator',
    meaning: { zh: '请求的域名不在小程序的合法域名中。', en: 'The domain is not on the list of the mini program.' },
    fix: {
      zh: '在公众平台“开发管理 - 服务器域名”中加入 request 合法域名：https，已备案，不能是 IP；带端口时端口必须一致。',
      en: 'Add it as a request domain in the WeChat console (development, server domains): https, with an ICP filing, no IP address, and with the same port if it has one.',
    },
  },
  // "获取用户信息" and the announcement of 2022: the dialog is gone, a button took its place.
  'getUserProfile declined': {
    who: 'developer',
    meaning: {
      zh: '用户拒绝，而且 getUserProfile 已于 2022 年收回，只返回匿名信息。',
      en: 'The user refused; besides, getUserProfile was retired in 2022 and gives anonymous data.',
    },
    fix: {
      zh: '改用 open-type="chooseAvatar" 的按钮与 type="nickname" 的输入框。',
      en: 'Use a button of open-type="chooseAvatar" and an input of type="nickname".',
    },
  },
  // "获取头像昵称".
  'chooseAvatar cancelled': {
    who: 'user',
    meaning: { zh: '用户没有选择头像。', en: 'The user chose no avatar.' },
    fix: { zh: '保留原来的头像，用户可以再点一次。', en: 'Keep the avatar there was; the user can tap again.' },
  },
  // "开放接口 / 登录": the frequency rule is 4 a second and 2 x PV a day.
  'login busy': {
    who: 'developer',
    meaning: { zh: 'wx.login 调用过于频繁。', en: 'wx.login was called too often.' },
    fix: {
      zh: '只在启动时或会话失效时登录；每个用户每秒不超过 4 次，每天总数不超过 PV 的两倍。',
      en: 'Log in at launch or when the session is over: at most 4 a second per user, and twice the page views a day in all.',
    },
  },
}

/**
 * What the failure of this call means; the general row where the call makes no difference.
 *
 * @example
 * failureOf('getPhoneNumber', 'not-permitted').who // 'operator'
 */
export function failureOf(api: string, reason: FailureReason): FailureRow {
  const name = api === 'getRealtimePhoneNumber' ? 'getPhoneNumber' : api
  return ofCall[`${name} ${reason}`] ?? failureReasons[reason]
}
