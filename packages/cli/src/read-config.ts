import { isAbsolute, join } from 'node:path'
import { CliFault } from './cli-fault.ts'
import type { SmsConfig } from './open-sms.ts'
import { type Database, readDatabase } from './read-database.ts'

/** What `dev`, `serve`, `emulate` and `migrate` are told; flags win over the environment. */
export interface Config {
  /** `NODE_ENV=production`: no emulator, no generated keys, no default issuer. */
  readonly production: boolean
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly emulatorPort: number
  /** Folder for avatars, and for the database and the keys, unless they are named. */
  readonly data: string
  readonly database: Database
  readonly keys: string
  /** `null`: the address the server listens on. */
  readonly issuer: string | null
  /** URL of Redis or Valkey, perhaps with a password; `null`: nothing is shared. */
  readonly redis: string | null
  /** `null`: the emulator. */
  readonly app: null | { readonly appId: string; readonly secret: string; readonly name: string }
  readonly openData: OpenData
  readonly phoneConflict: PhoneConflict
  readonly sendOpenId: boolean
  /** A legacy policy as it was written, to be checked by `readLegacyPolicy`; `null`: no old wire formats. */
  readonly legacy: unknown
  /** Who sends one-time codes; `null`: nobody. */
  readonly sms: SmsConfig | null
  /** Token and EncodingAESKey of the message push; `null`: none is taken. */
  readonly push: null | { readonly token: string; readonly encodingAesKey?: string }
  /** Paid phone numbers a day; `null`: no ceiling. */
  readonly phoneBudget: number | null
  /** Milliseconds for those in front to notice that this instance is about to stop. */
  readonly drainMs: number
  /** Requests under way at most; `null`: as the server thinks best. */
  readonly maxUnderWay: number | null
  /** How many proxies in front add to x-forwarded-for. */
  readonly trustProxy: number
  /** How long a merge can be undone; `null`: as the server thinks best. */
  readonly mergeUndoMs: number | null
  /** For `transfer`: how long a number stays with who proved it; `null`: as the server thinks best. */
  readonly phoneCoolDownMs: number | null
  /** `null`: WeChat itself. */
  readonly wechatBaseUrl: string | null
  /** `null`: what the command thinks best. */
  readonly logLevel: LogLevel | null
  /** Whoever reads `GET /metrics` shows it; `null`: there is no such route. */
  readonly metricsToken: string | null
  /** Whether people can sign in. */
  readonly console: boolean
  /** Token of an operator who may do everything; `null`: none. */
  readonly operatorToken: string | null
  /** Yuan for one phone number; `null`: what WeChat asks. */
  readonly phonePrice: number | null
  /** Of which requests operators can read what came of them. */
  readonly trace: Trace
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Flags that several commands share. */
export interface ConfigFlags {
  readonly host?: string
  readonly port?: string
  readonly 'emulator-port'?: string
  readonly data?: string
}

const openDataPolicies = ['off', 'enforce', 'monitor'] as const
const phoneConflicts = ['keep-both', 'reject', 'transfer'] as const
const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
const smsProviders = ['off', 'tencent', 'aliyun', 'print'] as const
const onOff = ['on', 'off'] as const
const traceKeepings = ['on', 'failures', 'off'] as const
const yesNo = ['true', 'false'] as const

type OpenData = (typeof openDataPolicies)[number]
type PhoneConflict = (typeof phoneConflicts)[number]
type LogLevel = (typeof logLevels)[number]
type Trace = (typeof traceKeepings)[number]

/** One row of the table that `weapp-auth serve --help` prints: default and meaning. */
export const variables = {
  WEAPP_APPID: ['', '小程序的 AppID', 'app id of the mini program'],
  WEAPP_SECRET: ['', '小程序的 AppSecret', 'its app secret'],
  WEAPP_APP_NAME: ['', '小程序名称，仅供查看', 'its name, for people'],
  WEAPP_OPEN_DATA: [
    'off',
    '是否接受 encryptedData：off、enforce、monitor',
    'the encryptedData way: off, enforce, monitor',
  ],
  WEAPP_PHONE_CONFLICT: [
    'keep-both',
    '号码已属于他人时：keep-both、reject 或 transfer',
    'a number that belongs to another user: keep-both, reject or transfer',
  ],
  WEAPP_PHONE_COOL_DOWN_DAYS: [
    '45',
    'transfer 时，号码在最近一次验证后多少天内不转移',
    'with transfer: days from its last proof in which a number stays',
  ],
  WEAPP_MERGE_UNDO_DAYS: ['7', '合并账号后多少天内可以撤销', 'days in which a merge of two users can be undone'],
  WEAPP_LEGACY: [
    '',
    '旧页面的接口格式，如 001,003b，或 JSON；先读 docs/sources.md',
    'old wire formats such as 001,003b, or JSON; read docs/sources.md first',
  ],
  WEAPP_SEND_OPENID: ['true', '换取手机号时是否附带 openid', 'whether the openid is sent with the phone code'],
  WEAPP_PUSH_TOKEN: ['', '消息推送的 Token', 'Token of the message push'],
  WEAPP_PUSH_AES_KEY: ['', '消息推送的 EncodingAESKey，建议设置', 'its EncodingAESKey; better have one'],
  WEAPP_PHONE_BUDGET: ['', '每天最多换取几次手机号（收费），不设则不限', 'paid phone numbers a day; unset: no ceiling'],
  WEAPP_CONFIG: [
    '',
    'serve 的配置文件（YAML），多个小程序时使用；见 docs',
    'configuration file of serve (YAML), for several mini programs',
  ],
  SMS_PROVIDER: [
    'off',
    '短信验证码服务商：off、tencent、aliyun；开发时可用 print，只显示不发送',
    'who sends one-time codes: off, tencent, aliyun; print shows them, for development',
  ],
  SMS_KEY_ID: ['', '服务商的 SecretId 或 AccessKey ID', 'SecretId or AccessKey id of the provider'],
  SMS_KEY_SECRET: ['', '服务商的 SecretKey 或 AccessKey Secret', 'SecretKey or AccessKey secret'],
  SMS_SIGN_NAME: ['', '短信签名', 'signature of the messages'],
  SMS_TEMPLATE: ['', '短信模板，第一个变量（或 code）是验证码', 'template; its first variable (or "code") is the code'],
  SMS_SDK_APP_ID: ['', '腾讯云短信应用的 SdkAppId', 'SdkAppId of Tencent Cloud SMS'],
  TRUST_PROXY: ['0', '前面有几层自己的反向代理', 'how many proxies of yours stand in front'],
  WEAPP_MAX_UNDER_WAY: [
    '2048',
    '同时处理多少个请求，超出则返回 503 overloaded',
    'requests under way at once; more get 503 overloaded',
  ],
  WECHAT_BASE_URL: ['https://api.weixin.qq.com', '微信接口地址', 'where WeChat is asked'],
  HOST: ['127.0.0.1', '监听地址', 'address to listen on'],
  PORT: ['8787', '监听端口，0 表示任意空闲端口', 'port to listen on; 0 takes a free one'],
  EMULATOR_PORT: ['8788', '微信模拟器的端口', 'port of the WeChat emulator'],
  WEAPP_DATA: ['.weapp-auth', '数据目录', 'folder for data'],
  DATABASE: [
    'WEAPP_DATA/weapp-auth.sqlite',
    'SQLite 文件，或 postgres://、mysql://、mariadb:// 开头的网址；见 docs/databases.md',
    'SQLite file, or a URL that begins with postgres://, mysql:// or mariadb://; see docs/databases.md',
  ],
  WEAPP_DATABASE_POOL: ['16', '每个实例最多几个数据库连接', 'connections of each instance to the database, at most'],
  KEYS: ['WEAPP_DATA/keys.json', '密钥文件', 'key file'],
  REDIS_URL: [
    '',
    'Redis 或 Valkey，多个实例共享限流与已退出的会话，如 redis://:密码@主机:6379/0',
    'Redis or Valkey, shared by several instances: redis://:password@host:6379/0, rediss:// for TLS',
  ],
  ISSUER: ['http://HOST:PORT', '访问令牌中的签发者网址', 'URL that names the server in its tokens'],
  DRAIN_SECONDS: [
    '5',
    '收到 SIGTERM 后继续服务几秒，期间 /readyz 为 503',
    'seconds of service after SIGTERM, with 503 at /readyz',
  ],
  METRICS_TOKEN: [
    '',
    '读取 /metrics 所需的令牌，24 个字符以上；不设则没有 /metrics',
    'token for GET /metrics, 24 characters or more; unset: no such route',
  ],
  WEAPP_CONSOLE: [
    'on',
    '运营人员能否登录控制台：on 或 off；需要 https，或本机',
    'whether operators can sign in to a console: on, off; takes https, or this machine',
  ],
  OPERATOR_TOKEN: [
    '',
    '程序使用运营接口 /admin/v1 的管理员令牌，32 个字符以上',
    'token with which a program is an admin of /admin/v1, 32 characters or more',
  ],
  WEAPP_PHONE_PRICE: [
    '0.03',
    '换取一次手机号的价格（元），用于费用统计',
    'yuan for one phone number, for the count of costs',
  ],
  WEAPP_TRACE: [
    'on',
    '保留请求的经过供排查：on（失败 7 天，其余抽样 1 天）、failures（只留失败）、off',
    'what came of requests is kept for support: on (failures 7 days, a sample of the rest 1 day), failures, off',
  ],
  LOG_LEVEL: ['info', '日志级别', 'debug, info, warn, error, silent'],
} as const satisfies Readonly<Record<string, readonly [fallback: string, zh: string, en: string]>>

export type Variable = keyof typeof variables

/**
 * Reads flags and environment; decides nothing that depends on files or the network.
 *
 * @throws CliFault `config` that names the variable or flag; a secret's value is never repeated.
 */
export function readConfig(env: Environment, flags: ConfigFlags = {}): Config {
  const text = (name: Variable): string | null => env[name]?.trim() || null
  const data = flags.data || text('WEAPP_DATA') || '.weapp-auth'
  const issuer = text('ISSUER')
  const wechatBaseUrl = text('WECHAT_BASE_URL')
  const logLevel = text('LOG_LEVEL')
  return {
    production: env.NODE_ENV === 'production',
    host: flags.host || text('HOST') || '127.0.0.1',
    port: readPort('--port / PORT', flags.port ?? text('PORT') ?? '8787'),
    emulatorPort: readPort(
      '--emulator-port / EMULATOR_PORT',
      flags['emulator-port'] ?? text('EMULATOR_PORT') ?? '8788',
    ),
    data,
    database: readDatabase(
      text('DATABASE') ?? join(data, 'weapp-auth.sqlite'),
      readCount('WEAPP_DATABASE_POOL', text('WEAPP_DATABASE_POOL'), 1000) || 16,
    ),
    keys: text('KEYS') ?? join(data, 'keys.json'),
    redis: readRedis(text('REDIS_URL')),
    issuer: issuer && readUrl('ISSUER', issuer).replace(/\/$/, ''),
    app: readApp(text('WEAPP_APPID'), text('WEAPP_SECRET'), text('WEAPP_APP_NAME') ?? ''),
    openData: readChoice('WEAPP_OPEN_DATA', text('WEAPP_OPEN_DATA') ?? 'off', openDataPolicies),
    phoneConflict: readChoice('WEAPP_PHONE_CONFLICT', text('WEAPP_PHONE_CONFLICT') ?? 'keep-both', phoneConflicts),
    sendOpenId: readChoice('WEAPP_SEND_OPENID', text('WEAPP_SEND_OPENID') ?? 'true', yesNo) === 'true',
    legacy: readFormats(text('WEAPP_LEGACY')),
    sms: readSms(text),
    push: readPush(text('WEAPP_PUSH_TOKEN'), text('WEAPP_PUSH_AES_KEY')),
    phoneBudget: readCount('WEAPP_PHONE_BUDGET', text('WEAPP_PHONE_BUDGET'), Number.MAX_SAFE_INTEGER),
    drainMs: (readCount('DRAIN_SECONDS', text('DRAIN_SECONDS'), 300) ?? 5) * 1000,
    trustProxy: readCount('TRUST_PROXY', text('TRUST_PROXY'), 10) ?? 0,
    maxUnderWay: readMaxUnderWay(text('WEAPP_MAX_UNDER_WAY')),
    mergeUndoMs: readDays('WEAPP_MERGE_UNDO_DAYS', text('WEAPP_MERGE_UNDO_DAYS'), 90),
    phoneCoolDownMs: readDays('WEAPP_PHONE_COOL_DOWN_DAYS', text('WEAPP_PHONE_COOL_DOWN_DAYS'), 366),
    wechatBaseUrl: wechatBaseUrl && readUrl('WECHAT_BASE_URL', wechatBaseUrl),
    metricsToken: readToken('METRICS_TOKEN', text('METRICS_TOKEN'), 24),
    console: readChoice('WEAPP_CONSOLE', text('WEAPP_CONSOLE') ?? 'on', onOff) === 'on',
    operatorToken: readToken('OPERATOR_TOKEN', text('OPERATOR_TOKEN'), 32),
    phonePrice: readPrice(text('WEAPP_PHONE_PRICE')),
    trace: readChoice('WEAPP_TRACE', text('WEAPP_TRACE') ?? 'on', traceKeepings),
    logLevel: logLevel === null ? null : readChoice('LOG_LEVEL', logLevel, logLevels),
  }
}

/** A file in words that tell where it is. */
export function describePath(path: string): string {
  return isAbsolute(path) || /^\.\.?[\\/]/.test(path) ? path : `./${path}`
}

/** @throws CliFault `config` that names the flag */
export function readPort(name: string, text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw wrong(name, `是 0 到 65535 的整数，当前为 "${text}"`, `a whole number from 0 to 65535, not "${text}"`)
}

function readUrl(name: Variable, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url && /^https?:$/.test(url.protocol) && url.search + url.hash + url.username + url.password === '') return text
  // Not repeated: such a URL may hold a password.
  throw wrong(name, '是不带查询参数和账号的 http 或 https 网址', 'an http or https URL without query or credentials')
}

/** Not repeated either: it usually holds a password. */
function readRedis(text: string | null): string | null {
  const url = text !== null && URL.canParse(text) ? new URL(text) : null
  const { protocol, hostname, pathname, search, hash } = url ?? {}
  if (
    text === null ||
    (/^rediss?:$/.test(protocol ?? '') && hostname && /^(\/\d*)?$/.test(pathname ?? '') && !search && !hash)
  )
    return text
  throw wrong(
    'REDIS_URL',
    '是 redis://:密码@主机:6379/0 这样的网址，TLS 用 rediss://',
    'a URL such as redis://:password@host:6379/0, or rediss:// for TLS',
  )
}

function readChoice<T extends string>(name: Variable, text: string, choices: readonly T[]): T {
  const found = choices.find(choice => choice === text)
  if (found !== undefined) return found
  throw wrong(name, `是 ${choices.join('、')} 之一，当前为 "${text}"`, `one of ${choices.join(', ')}, not "${text}"`)
}

function readToken(name: Variable, text: string | null, least: number): string | null {
  if (text === null || (text.length >= least && /^[\x21-\x7e]{1,256}$/.test(text))) return text
  throw wrong(name, `是 ${least} 到 256 个可见的 ASCII 字符`, `${least} to 256 visible ASCII characters`)
}

function readPrice(text: string | null): number | null {
  if (text === null) return null
  if (/^\d{1,3}(\.\d{1,4})?$/.test(text) && Number(text) <= 100) return Number(text)
  throw wrong('WEAPP_PHONE_PRICE', `是 0 到 100 的金额，如 0.03，当前为 "${text}"`, `yuan from 0 to 100, not "${text}"`)
}

/** What is missing is told by the adapter. */
function readSms(text: (name: Variable) => string | null): SmsConfig | null {
  const provider = readChoice('SMS_PROVIDER', text('SMS_PROVIDER') ?? 'off', smsProviders)
  if (provider === 'off') return null
  return {
    provider,
    keyId: text('SMS_KEY_ID') ?? '',
    keySecret: text('SMS_KEY_SECRET') ?? '',
    signName: text('SMS_SIGN_NAME') ?? '',
    template: text('SMS_TEMPLATE') ?? '',
    sdkAppId: text('SMS_SDK_APP_ID') ?? '',
  }
}

/** Secrets, so what was written is not repeated. */
function readPush(token: string | null, encodingAesKey: string | null): Config['push'] {
  if (token === null && encodingAesKey === null) return null
  if (token === null || !/^[A-Za-z0-9]{3,32}$/.test(token))
    throw wrong('WEAPP_PUSH_TOKEN', '是 3 到 32 个字母或数字', '3 to 32 letters and digits')
  if (encodingAesKey === null) return { token }
  if (/^[A-Za-z0-9+/]{43}$/.test(encodingAesKey)) return { token, encodingAesKey }
  throw wrong('WEAPP_PUSH_AES_KEY', '是 43 个字符，取自 A-Z a-z 0-9 + /', '43 characters of A-Z a-z 0-9 + /')
}

function readCount(name: Variable, text: string | null, most: number): number | null {
  if (text === null) return null
  if (/^\d{1,16}$/.test(text) && Number(text) <= most) return Number(text)
  throw wrong(name, `是 0 到 ${most} 的整数，当前为 "${text}"`, `a whole number from 0 to ${most}, not "${text}"`)
}

function readMaxUnderWay(text: string | null): number | null {
  const count = readCount('WEAPP_MAX_UNDER_WAY', text, 100_000)
  if (count === null || count >= 16) return count
  throw wrong('WEAPP_MAX_UNDER_WAY', '是 16 到 100000 的整数', 'a whole number from 16 to 100000')
}

function readDays(name: Variable, text: string | null, most: number): number | null {
  if (text === null) return null
  const days = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (days >= 1 && days <= most) return days * 24 * 60 * 60_000
  throw wrong(name, `是 1 到 ${most} 的整数，当前为 "${text}"`, `a whole number from 1 to ${most}, not "${text}"`)
}

/** `001,003b`, or a whole policy as JSON. */
function readFormats(text: string | null): unknown {
  if (!text?.startsWith('{')) return text && { formats: text.split(',').map(format => format.trim()) }
  try {
    return JSON.parse(text)
  } catch {
    throw wrong('WEAPP_LEGACY', '是 001,003b 这样的列表，或 JSON', 'a list such as 001,003b, or JSON')
  }
}

function readApp(appId: string | null, secret: string | null, name: string): Config['app'] {
  if (appId === null && secret === null) return null
  if (appId === null || !/^wx[0-9a-f]{16}$/.test(appId)) {
    throw wrong('WEAPP_APPID', '是 "wx" 加 16 位小写十六进制字符', '"wx" and 16 lower-case hex digits')
  }
  if (secret === null || !/^[0-9a-f]{32}$/.test(secret)) {
    throw wrong(
      'WEAPP_SECRET',
      '是公众平台给出的 32 位小写十六进制字符',
      'the 32 lower-case hex digits that WeChat gave you',
    )
  }
  return { appId, secret, name }
}

function wrong(name: string, zh: string, en: string): CliFault {
  return new CliFault('config', { zh: `${name} 应当${zh}。`, en: `${name} must be ${en}.` })
}
