import type { AppCredentials } from '@weapp-auth/protocol/wechat'
import type { BreakerEvent } from './breaker.ts'
import type { Component } from './component.ts'
import type { Fetch } from './fetch-transport.ts'
import type { Timer } from './timer.ts'
import type { TokenStore } from './token-store.ts'
import type { UpstreamEvent } from './upstream-event.ts'

/** A mini program and how it is asked for: with its own secret, or by a third-party platform. */
export type WechatApp = OwnApp | AuthorizerApp

/** A mini program whose secret is at hand. */
export interface OwnApp extends AppCredentials {
  /** Default: as {@link WechatOptions.sendOpenId}. */
  readonly sendOpenId?: boolean
  readonly component?: undefined
}

/** A mini program that authorized a third-party platform (第三方平台) to act for it. */
export interface AuthorizerApp {
  readonly appId: string
  /** App id of the platform, one of {@link WechatOptions.components}. */
  readonly component: string
  /** Default: as {@link WechatOptions.sendOpenId}. */
  readonly sendOpenId?: boolean
  readonly secret?: undefined
}

export interface WechatOptions {
  /** Each once; more can come later, see `setApp`. */
  readonly apps: readonly WechatApp[]
  /** The third-party platforms that act for apps, each once. Default: none. */
  readonly components?: readonly Component[]
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
  /** Most calls that wait for WeChat at once; more are refused, so that one that hangs fills no memory. Default: 2048. */
  readonly maxUnderWay?: number
  /** Told when WeChat does not answer for an app any more, so that it is not asked for some seconds, and when it does again. */
  readonly observeBreaker?: (event: BreakerEvent) => void
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
  const { apps, components = [], baseUrl, connections, maxUnderWay, timeoutMs, budgetMs } = options
  must(Array.isArray(components), 'components', 'be a list of third-party platforms')
  for (const [index, component] of components.entries()) {
    const at = `components[${index}]`
    checkComponent(component, at)
    must(components.findIndex(one => one.appId === component.appId) === index, `${at}.appId`, 'be given once')
  }
  must(Array.isArray(apps), 'apps', 'be a list of apps')
  for (const [index, app] of apps.entries()) {
    checkWechatApp(app, `apps[${index}]`, appId => components.some(one => one.appId === appId))
    const { appId } = app
    must(apps.findIndex(app => app.appId === appId) === index, `apps[${index}].appId`, 'be given once')
  }
  must(baseUrl === undefined || isPlainUrl(baseUrl), 'baseUrl', 'be an http or https URL without query or credentials')
  mustBePositive(connections, 'connections', 10_000)
  mustBePositive(maxUnderWay, 'maxUnderWay', 100_000)
  mustBePositive(timeoutMs, 'timeoutMs', 60_000)
  mustBePositive(budgetMs, 'budgetMs', 600_000)
}

/** The same for one app; `at` is where it was given. */
export function checkWechatApp(app: WechatApp, at: string, isComponent: (appId: string) => boolean): void {
  const { appId, secret, component } = app
  mustBeAppId(appId, `${at}.appId`)
  if (component === undefined) {
    must(typeof secret === 'string' && secret !== '', `${at}.secret`, 'be the app secret')
    return
  }
  must(secret === undefined, `${at}.secret`, 'be left out, because a third-party platform acts for the app')
  must(isComponent(component), `${at}.component`, 'be the app id of one of "components"')
}

/** The same for one third-party platform. */
export function checkComponent(component: Component, at: string): void {
  const { appId, secret, grants } = component
  mustBeAppId(appId, `${at}.appId`)
  must(typeof secret === 'string' && secret !== '', `${at}.secret`, 'be the app secret of the platform')
  const methods = [grants?.readTicket, grants?.readRefreshToken, grants?.replaceRefreshToken]
  const areThere = methods.every(method => typeof method === 'function')
  must(areThere, `${at}.grants`, 'have readTicket, readRefreshToken and replaceRefreshToken')
}

function mustBeAppId(appId: string, field: string): void {
  must(/^[A-Za-z0-9_-]{1,64}$/.test(appId), field, 'be an app id such as wx1234567890abcdef')
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
