import type { AppCredentials } from '@weapp-auth/protocol/wechat'
import type { Fetch } from './fetch-transport.ts'
import type { Timer } from './timer.ts'
import type { TokenStore } from './token-store.ts'
import type { UpstreamEvent } from './upstream-event.ts'

/** A mini program and how it is asked for. */
export interface WechatApp extends AppCredentials {
  /** Default: as {@link WechatOptions.sendOpenId}. */
  readonly sendOpenId?: boolean
}

export interface WechatOptions {
  /** Each once; more can come later, see `setApp`. */
  readonly apps: readonly WechatApp[]
  /** Where access tokens are kept. Default: the memory of this process. */
  readonly tokens?: TokenStore
  /** A web-standard fetch, for an emulator in the same process. Default: pooled connections of undici. */
  readonly fetch?: Fetch
  /** Default: `https://api.weixin.qq.com`. Receives the app secret: point it at nothing but WeChat, your proxy or an emulator. */
  readonly baseUrl?: string
  /** Most connections at once; at 80 ms a call, 64 carry about 760 calls a second. Default: 64. */
  readonly connections?: number
  /**
   * Whether the phone code is sent with the openid of its user, so that WeChat refuses a code taken from another one
   * ("获取手机号"). Default: true; false gives that protection up.
   */
  readonly sendOpenId?: boolean
  /** How long one attempt may take, in milliseconds. Default: 3000. */
  readonly timeoutMs?: number
  /** How long a call may take with all repetitions, in milliseconds. Default: 6000. */
  readonly budgetMs?: number
  /** Told of every request to WeChat. What it throws is ignored; it must return at once. */
  readonly observe?: (event: UpstreamEvent) => void
  /** The time of day. Default: the system's. */
  readonly clock?: { now(): number }
  /** Where waiting comes from. Default: the system's timers. */
  readonly timer?: Timer
  /** 0 to 1; spreads repetitions in time. Default: `Math.random`. */
  readonly random?: () => number
}

/** Names the option that is wrong. Never repeats its value: it may be a secret in the wrong place. */
export function checkWechatOptions(options: WechatOptions): void {
  const { apps, baseUrl, connections, timeoutMs, budgetMs } = options
  must(Array.isArray(apps), 'apps', 'be a list of apps')
  for (const [index, app] of apps.entries()) {
    checkWechatApp(app, `apps[${index}]`)
    const { appId } = app
    must(apps.findIndex(app => app.appId === appId) === index, `apps[${index}].appId`, 'be given once')
  }
  must(baseUrl === undefined || isPlainUrl(baseUrl), 'baseUrl', 'be an http or https URL without query or credentials')
  mustBePositive(connections, 'connections', 10_000)
  mustBePositive(timeoutMs, 'timeoutMs', 60_000)
  mustBePositive(budgetMs, 'budgetMs', 600_000)
}

/** The same for one app; `at` is where it was given. */
export function checkWechatApp({ appId, secret }: WechatApp, at: string): void {
  must(/^[A-Za-z0-9_-]{1,64}$/.test(appId), `${at}.appId`, 'be an app id such as wx1234567890abcdef')
  must(typeof secret === 'string' && secret !== '', `${at}.secret`, 'be the app secret')
}

function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, search, hash } = new URL(text)
  return /^https?:$/.test(protocol) && username + password + search + hash === ''
}

function mustBePositive(value: number | undefined, field: string, most: number): void {
  must(
    value === undefined || (Number.isInteger(value) && value >= 1 && value <= most),
    field,
    `be a whole number from 1 to ${most}`,
  )
}

function must(holds: boolean, field: string, rule: string): void {
  if (!holds) throw new TypeError(`"${field}" must ${rule}`)
}
