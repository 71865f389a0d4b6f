import type { Sentence } from '@weapp-auth/protocol/contract'

/** What there is to say about one kind of leak. */
interface Leak {
  readonly what: Sentence
  readonly why: Sentence
  readonly fix: Sentence
}

/** Every kind of leak that `weapp-auth doctor --scan` knows. A name, once released, stays: CI configurations hold it. */
export const leaks = {
  'session-key': {
    what: { zh: 'session_key 的值', en: 'the value of a session_key' },
    why: {
      zh: '拿到它的人可以伪造任意手机号的密文，登录任何人的账号（微信官方《session_key 泄露漏洞》）。',
      en: 'Whoever has it can forge the ciphertext of any phone number and log in as anybody (WeChat, "session_key 泄露漏洞").',
    },
    fix: {
      zh: '只留在服务端；改用手机号 code（getuserphonenumber），不再需要 session_key。已泄露的请调用 resetusersessionkey 或让用户重新登录。',
      en: 'Keep it on the server; take phone numbers by code (getuserphonenumber), which needs none. Replace what leaked: resetusersessionkey, or a new login.',
    },
  },
  'code2session-answer': {
    what: {
      zh: '原样转发的 code2Session 回应（openid 与 session_key）',
      en: 'the answer of code2Session, passed on (openid and session_key)',
    },
    why: {
      zh: '客户端得到了解密与伪造用户数据的全部材料。',
      en: 'The client holds all that is needed to decrypt and to forge data of the user.',
    },
    fix: {
      zh: '服务端只返回自己的会话令牌，不返回微信的回应。',
      en: "Answer with a session token of your own, never with WeChat's answer.",
    },
  },
  'app-secret': {
    what: { zh: '小程序密钥 AppSecret', en: 'the AppSecret of a mini program' },
    why: {
      zh: '小程序代码人人可以下载解包；有密钥就能以你的名义调用微信接口、换取任何用户的会话。',
      en: 'Everybody can download and unpack a mini program; the secret calls WeChat in your name and exchanges any login.',
    },
    fix: {
      zh: '从代码与回应中删除，在公众平台重置密钥，只在服务端通过环境变量使用。',
      en: 'Remove it, reset it at mp.weixin.qq.com, and use it on the server only, from the environment.',
    },
  },
  'access-token': {
    what: { zh: '微信的 access_token', en: 'an access_token of WeChat' },
    why: {
      zh: '两小时内可以调用小程序的全部服务端接口，包括付费接口。',
      en: 'For two hours it calls every server API of the mini program, the paid ones too.',
    },
    fix: {
      zh: '只在服务端保管与使用；客户端要做的事由服务端代为调用。',
      en: 'Keep and use it on the server; let the server call WeChat for the client.',
    },
  },
  'push-key': {
    what: { zh: '消息推送的 EncodingAESKey', en: 'the EncodingAESKey of message push' },
    why: {
      zh: '可以伪造微信推送的事件，例如“用户注销”，从而批量删除账号。',
      en: 'It forges events of WeChat, such as "account cancelled", which delete accounts.',
    },
    fix: { zh: '从代码中删除并在公众平台重新生成。', en: 'Remove it and make a new one at mp.weixin.qq.com.' },
  },
  'phone-number': {
    what: { zh: '回应中的明文手机号', en: 'a phone number in plain in an answer' },
    why: {
      zh: '手机号是个人信息；除本人需要完整号码之外，任何人看到的都应当是掩码。',
      en: 'It is personal data; except for its owner who needs all of it, everybody should see a mask.',
    },
    fix: {
      zh: '返回 138******00 这样的掩码；确实返回给本人时，可用 --ignore phone-number 忽略。',
      en: 'Answer with a mask such as 138******00; where it goes to its owner, say --ignore phone-number.',
    },
  },
  'session-key-in-client': {
    what: { zh: '客户端代码使用 session_key', en: 'client code that handles a session_key' },
    why: {
      zh: '说明服务端把它交给了客户端；同一个人也可以把它换成自己的。',
      en: 'So the server hands it out, and whoever runs the client can replace it by another.',
    },
    fix: {
      zh: '把 encryptedData、iv（或手机号 code）交给服务端，由服务端用自己保存的会话解密。',
      en: 'Send encryptedData and iv (or the phone code) to the server, which decrypts by the session it kept.',
    },
  },
  'session-key-in-storage': {
    what: { zh: 'session_key 写入本地存储', en: 'a session_key in the storage of the phone' },
    why: {
      zh: '本地存储是明文，同机的其他代码与备份都能读到。',
      en: 'The storage is plain: other code on the phone and backups read it.',
    },
    fix: {
      zh: '不要下发 session_key；本地只保存自己的刷新令牌，并使用 wx.setStorage({ encrypt: true })。',
      en: 'Do not hand it out; store only a refresh token of your own, with wx.setStorage({ encrypt: true }).',
    },
  },
  'openid-in-storage': {
    what: { zh: 'openid 写入本地存储', en: 'an openid in the storage of the phone' },
    why: {
      zh: '存下来的 openid 会被当作登录凭证，而它不是秘密，谁都可以填别人的。',
      en: 'A stored openid ends up as a credential, but it is no secret: anybody can write that of somebody else.',
    },
    fix: {
      zh: '登录后保存服务端签发的令牌，openid 只留在服务端。',
      en: 'Store the token that your server issued; keep the openid on the server.',
    },
  },
  'phone-in-storage': {
    what: { zh: '手机号写入本地存储', en: 'a phone number in the storage of the phone' },
    why: {
      zh: '明文个人信息；而且“存储里有手机号”常被当作“已登录”，改一下存储就能冒充。',
      en: 'Personal data in plain; and "there is a number" often means "logged in", which anybody can write.',
    },
    fix: {
      zh: '需要时向服务端查询，只展示掩码；必须保存时使用 wx.setStorage({ encrypt: true })。',
      en: 'Ask the server when it is needed and show a mask; if it must be stored, use wx.setStorage({ encrypt: true }).',
    },
  },
  'openid-as-identity': {
    what: { zh: '客户端用 openid 表明身份', en: 'a client that says who it is by an openid' },
    why: {
      zh: '请求里的 openid 可以改成别人的，服务端就会操作别人的账号。',
      en: 'The openid in a request can be that of somebody else, and the server acts on their account.',
    },
    fix: {
      zh: '身份只从服务端签发的令牌得出；忽略请求中的 openid、unionid、userId。',
      en: 'Take the identity from the token of your server; ignore openid, unionid and userId in requests.',
    },
  },
  'wechat-api-from-client': {
    what: { zh: '客户端直接调用 api.weixin.qq.com', en: 'a client that calls api.weixin.qq.com' },
    why: {
      zh: '这些接口需要 AppSecret 或 access_token，写在客户端就等于公开；该域名也不能配置为合法域名。',
      en: 'These calls need the AppSecret or an access_token, which a client makes public; the host cannot be allowed for a mini program either.',
    },
    fix: { zh: '由服务端调用。', en: 'Let the server call it.' },
  },
} as const satisfies Readonly<Record<string, Leak>>

export type LeakKind = keyof typeof leaks
