import { randomUUID } from 'node:crypto'
import {
  type AppCredentials,
  type CheckEncryptedDataOutcome,
  type CodeToSessionOutcome,
  codeToSessionRequest,
  type PhoneByCodeOutcome,
  readAccessToken,
  stableTokenRequest,
  WechatFault,
} from '@weapp-auth/protocol/wechat'
import { type AccessTokenTools, createAccessToken } from './access-token.ts'
import { type BreakerEvent, createBreaker } from './breaker.ts'
import { type AppCheck, createCheckApp } from './check-app.ts'
import { createCheckEncryptedData } from './check-encrypted-data.ts'
import { createCheckSession } from './check-session.ts'
import { createCodeToSession } from './code-to-session.ts'
import { type AuthorizationOutcome, type Component, createComponent } from './component.ts'
import { createFetchTransport } from './fetch-transport.ts'
import { createPhoneByCode } from './phone-by-code.ts'
import { createPooledTransport } from './pooled-transport.ts'
import { refusalFault } from './refusal-fault.ts'
import { createRestWhenWrong } from './rest-when-wrong.ts'
import { createSend } from './send.ts'
import { systemTimer } from './timer.ts'
import type { TokenEvent } from './token-event.ts'
import { createMemoryTokenStore } from './token-store.ts'
import type { UpstreamEvent } from './upstream-event.ts'
import {
  type AuthorizerApp,
  checkComponent,
  checkWechatApp,
  checkWechatOptions,
  type OwnApp,
  type WechatApp,
  type WechatOptions,
} from './wechat-options.ts'
import type { AppTools, WechatTools } from './wechat-tools.ts'

/** The server API of WeChat, as far as authorization goes. Every method throws WechatFault when WeChat cannot be asked. */
export interface Wechat {
  /** Exchanges a code of `wx.login` (code2Session). */
  codeToSession(input: { readonly appId: string; readonly code: string }): Promise<CodeToSessionOutcome>
  /** Exchanges a code of the phone button (getPhoneNumber). */
  phoneByCode(input: {
    readonly appId: string
    readonly code: string
    readonly openId: string
  }): Promise<PhoneByCodeOutcome>
  /** Whether a session_key is still the valid one (checkSessionKey). */
  checkSession(input: {
    readonly appId: string
    readonly openId: string
    readonly sessionKey: string
  }): Promise<boolean>
  /** Whether WeChat made this ciphertext in the last three days (checkEncryptedData). */
  checkEncryptedData(input: {
    readonly appId: string
    readonly encryptedData: string
  }): Promise<CheckEncryptedDataOutcome>
  /**
   * The present access_token (getStableAccessToken in normal mode), for calls of your own. It is never refreshed by
   * force: that would kill the token of everybody else who uses it.
   */
  accessToken(appId: string): Promise<string>
  /** How the app is set up: secret, list of addresses, right to phone numbers. Spends nothing; for people, so not often. */
  checkApp(appId: string): Promise<AppCheck>
  /**
   * What a mini program gave a third-party platform: exchanges the authorization code that WeChat pushes
   * (`readComponentEvent`). A code works once.
   */
  authorization(input: { readonly component: string; readonly code: string }): Promise<AuthorizationOutcome>
  /**
   * Acts as one more third-party platform, or as the same one with another secret, from the next call on.
   *
   * @throws TypeError `"component.secret" must be …`.
   */
  setComponent(component: Component): void
  /**
   * Serves one more app, or the same one with another secret, from the next call on; calls under way end with the
   * former secret. The access_token is asked for when the first call needs it.
   *
   * @throws TypeError `"app.secret" must be …`.
   * @example
   * wechat.setApp({ appId: 'wx1234567890abcdef', secret })
   */
  setApp(app: WechatApp): void
  /** Serves this app no longer and forgets its secret. False when it was not served. */
  removeApp(appId: string): boolean
  /**
   * Tells somebody else too, until the function that it answers is called. What a follower throws is ignored; it must
   * return at once.
   */
  follow(follower: WechatFollower): () => void
  /** Lets running calls end and closes the connections. */
  close(): Promise<void>
}

/** Who is told of what happens between us and WeChat, beside those of the options. */
export interface WechatFollower {
  request?(event: UpstreamEvent): void
  breaker?(event: BreakerEvent): void
  token?(event: TokenEvent): void
}

/**
 * Talks to WeChat for one or more mini programs. Opens nothing until it is used.
 *
 * @throws TypeError when an option is wrong: `"apps[0].secret" must be …`.
 * @example
 * const wechat = createWechat({ apps: [{ appId: 'wx1234567890abcdef', secret }] })
 * const outcome = await wechat.codeToSession({ appId: 'wx1234567890abcdef', code })
 * if (outcome.status === 'ok') console.log(outcome.session.openId)
 */
export function createWechat(options: WechatOptions): Wechat {
  checkWechatOptions(options)
  const {
    apps,
    components = [],
    tokens = createMemoryTokenStore(),
    fetch,
    baseUrl = 'https://api.weixin.qq.com',
    connections = 64,
    sendOpenId = true,
    timeoutMs = 3000,
    budgetMs = 6000,
    maxUnderWay = 2048,
    observe = () => {},
    observeBreaker = () => {},
    clock = { now: Date.now },
    timer = systemTimer,
    random = Math.random,
  } = options
  const { origin, pathname } = new URL(baseUrl)
  const transport = fetch
    ? createFetchTransport(fetch, origin, timer)
    : createPooledTransport({ origin, connections, timer })
  const pathPrefix = pathname.replace(/\/$/, '')
  const followers = new Set<WechatFollower>([{ request: observe, breaker: observeBreaker }])
  const tellAll = <Name extends keyof WechatFollower>(name: Name) =>
    silently((event: Parameters<NonNullable<WechatFollower[Name]>>[0]) => {
      for (const follower of followers)
        silently((follower[name] ?? (() => undefined)) as (one: typeof event) => void)(event)
    })
  const send = createSend({
    transport,
    timer,
    random,
    observe: tellAll('request'),
    breaker: createBreaker(tellAll('breaker')),
    maxUnderWay,
    pathPrefix,
    timeoutMs,
  })
  const deadline = () => timer.now() + budgetMs
  const holder = randomUUID()

  const keep = (appId: string, ask: AccessTokenTools['ask']) =>
    createAccessToken({ appId, ask, store: tokens, holder, clock, timer, tell: tellAll('token') })

  const platforms = new Map<string, ReturnType<typeof createComponent>>()
  const takeComponent = (component: Component) =>
    platforms.set(component.appId, createComponent({ ...component }, { send, deadline, clock, keep }))
  for (const component of components) takeComponent(component)

  function appTools(app: WechatApp): AppTools {
    const access = app.component === undefined ? ownTools(app) : authorizerTools(app)
    return { ...access, sendOpenId: app.sendOpenId ?? sendOpenId }
  }

  function ownTools(app: OwnApp) {
    const unlessWrong = createRestWhenWrong(timer)
    return {
      askForSession: ((code, ask) =>
        unlessWrong(() => ask(codeToSessionRequest(app, code)))) satisfies AppTools['askForSession'],
      token: keep(app.appId, () => askForToken(app)),
      freshToken: async () => (await askForToken(app)).accessToken,
    }
  }

  function authorizerTools({ appId, component }: AuthorizerApp) {
    const platform = platforms.get(component)
    if (platform) {
      const access = platform.authorizer(appId)
      return { ...access, freshToken: access.token.current }
    }
    throw new TypeError('"app.component" must be the app id of one of "components"')
  }

  async function askForToken(app: AppCredentials) {
    const api = 'accessToken'
    const call = { api, appId: app.appId, request: stableTokenRequest(app), read: readAccessToken }
    const reply = await send({ ...call, spends: false, repeatLost: true, deadline: deadline() })
    if (reply.status === 'ok') return reply.value
    throw refusalFault(api, reply.refusal, clock.now())
  }

  const byId = new Map<string, { readonly app: WechatApp; readonly tools: AppTools }>()
  function setApp(app: WechatApp): void {
    const known = byId.get(app.appId)?.app
    // The same again keeps its access_token.
    const isSame = known?.secret === app.secret && known?.component === app.component
    if (known && isSame && known.sendOpenId === app.sendOpenId) return
    byId.set(app.appId, { app, tools: appTools(app) })
  }
  for (const app of apps) setApp({ ...app })

  const tools: WechatTools = {
    send,
    deadline,
    now: () => clock.now(),
    appOf(api, appId) {
      const app = byId.get(appId)?.tools
      if (app) return app
      throw new WechatFault('misconfigured', { api, cause: new Error('"appId" must be an app that is served') })
    },
  }

  return {
    codeToSession: createCodeToSession(tools),
    phoneByCode: createPhoneByCode(tools),
    checkSession: createCheckSession(tools),
    checkEncryptedData: createCheckEncryptedData(tools),
    checkApp: createCheckApp(tools),
    accessToken: async appId => tools.appOf('accessToken', appId).token.current(),
    async authorization({ component, code }) {
      const platform = platforms.get(component)
      if (platform) return platform.authorization(code)
      const cause = new Error('"component" must be a platform that is served')
      throw new WechatFault('misconfigured', { api: 'queryAuth', cause })
    },
    setComponent(component) {
      checkComponent(component, 'component')
      takeComponent(component)
      for (const { app } of byId.values())
        if (app.component === component.appId) byId.set(app.appId, { app, tools: appTools(app) })
    },
    setApp(app) {
      checkWechatApp(app, 'app', appId => platforms.has(appId))
      setApp({ ...app })
    },
    removeApp: appId => byId.delete(appId),
    follow(follower) {
      // Its own object, so that one who follows twice can leave once.
      const own = { ...follower }
      followers.add(own)
      return () => void followers.delete(own)
    },
    close: () => transport.close(),
  }
}

/** An observer is a guest: what it throws must not lose an answer that was paid for. */
function silently<Event>(observe: (event: Event) => void): (event: Event) => void {
  return event => {
    try {
      observe(event)
    } catch {}
  }
}
