import { randomBytes } from 'node:crypto'
import type {
  LoginAnswer,
  MeAnswer,
  OperatorRole,
  PhoneAnswer,
  PhonesAnswer,
  Problem,
  ProblemCode,
  TokenAnswer,
} from '@weapp-auth/protocol/contract'
import { routes } from '@weapp-auth/protocol/contract'
import { expect } from 'vitest'
import { operatorRoles } from '../src/domain/operators.ts'
import type { RequestRates } from '../src/domain/request-rates.ts'
import type { OpenapiDocument } from '../src/http/openapi/openapi.ts'
import type {
  AppPolicy,
  AvatarOptions,
  BackendPolicy,
  ConsoleOptions,
  EventLoop,
  Keyring,
  Limiter,
  MetricsSource,
  Observe,
  ServerEvent,
  Store,
  TraceKeeping,
} from '../src/index.ts'
import { createServer, generateKeyring } from '../src/index.ts'
import type { SmsProvider } from '../src/ports/sms-provider.ts'
import { createMemoryStore } from '../src/stores/memory/index.ts'
import { createFakeWechat, type FakeWechat, newSessionKey } from './fake-wechat.ts'
import { holdToDocument } from './hold-to-document.ts'

export const appId = 'wx0000000000000001'
export const otherAppId = 'wx0000000000000002'
export const issuer = 'https://auth.example.com'

export function newNonce(): string {
  return randomBytes(16).toString('base64url')
}

export function newKeys(): Keyring {
  return generateKeyring()
}

/** One operator for each role; the token is the name of the role, made long. */
export const operatorToken = (role: OperatorRole) => `${role}-only-for-the-tests-0123456789abcdef`
const operators = operatorRoles.map(role => ({ name: `${role}-lin`, token: operatorToken(role), role }))

/** Answer of a route: its status, its headers and its body as `T`, or as a problem. */
export interface Answer<T> {
  readonly status: number
  readonly headers: Headers
  readonly body: T
  readonly text: string
}

interface OpenServerOptions {
  readonly backends?: readonly BackendPolicy[]
  readonly openData?: AppPolicy['openData']
  readonly phoneConflict?: AppPolicy['phoneConflict']
  readonly legacy?: NonNullable<AppPolicy['legacy']>
  /** More of the policy of both apps. */
  readonly policy?: Partial<AppPolicy>
  readonly avatars?: AvatarOptions
  readonly sms?: SmsProvider
  readonly mergeUndoMs?: number
  readonly limits?: Partial<RequestRates>
  readonly limiter?: Limiter
  readonly trustProxy?: number
  readonly maxUnderWay?: number
  readonly loop?: EventLoop
  readonly phonePrice?: number
  readonly trace?: TraceKeeping
  readonly metrics?: MetricsSource
  readonly observe?: Observe
  /** Default: one without passkeys; `null`: none. */
  readonly console?: ConsoleOptions | null
  readonly keys?: Keyring
  /** Default: that of `beside`, or a new one. */
  readonly store?: Store
  /** Another process of the same deployment: shares store, keys, WeChat and time with this one. */
  readonly beside?: { readonly store: Store; readonly keys: Keyring; readonly wechat: FakeWechat; readonly time: Time }
}

interface Time {
  now: number
}

/** Of the first server; it is the same for all. */
let document: OpenapiDocument | undefined

/** A server on a memory store, a fake WeChat and a clock that moves only when told. */
export function openServer(options: OpenServerOptions = {}) {
  const { openData = 'off', phoneConflict = 'keep-both', beside } = options
  const { backends = [], sms, limits = {}, trustProxy = 0 } = options
  const policy = { openData, phoneConflict, ...options.policy }
  const arrival: { ip?: string; queued?: boolean } = {}
  const legacy = options.legacy ? { legacy: options.legacy } : {}
  const keys = beside?.keys ?? options.keys ?? newKeys()
  const store = options.store ?? beside?.store ?? createMemoryStore()
  const time: Time = beside?.time ?? { now: 1_800_000_000_000 }
  const clock = { now: () => time.now }
  const wechat = beside?.wechat ?? createFakeWechat(clock)
  const events: ServerEvent[] = []
  const server = createServer({
    apps: [
      { appId, ...policy, ...legacy },
      { appId: otherAppId, ...policy, ...legacy },
    ],
    backends,
    operators,
    ...(options.console !== null && { console: options.console ?? {} }),
    ...(options.phonePrice === undefined ? {} : { phonePrice: options.phonePrice }),
    ...(options.trace && { trace: options.trace }),
    store,
    wechat: wechat.platform,
    keys,
    issuer,
    ...(options.avatars ? { avatars: options.avatars } : {}),
    ...(sms ? { sms } : {}),
    limits,
    ...(options.limiter ? { limiter: options.limiter } : {}),
    trustProxy,
    ...(options.maxUnderWay === undefined ? {} : { maxUnderWay: options.maxUnderWay }),
    ...(options.loop ? { loop: options.loop } : {}),
    ...(options.mergeUndoMs !== undefined && { mergeUndoMs: options.mergeUndoMs }),
    clock,
    ...(options.metrics ? { metrics: options.metrics } : {}),
    observe(event) {
      events.push(event)
      options.observe?.(event)
    },
  })

  async function send<T>(path: string, init: RequestInit = {}): Promise<Answer<T>> {
    const url = `${issuer}${path}`
    const response = await server.fetch(new Request(url, init), arrival)
    const text = await response.text()
    const { status, headers } = response
    const body = text !== '' && /json/.test(headers.get('content-type') ?? '') ? JSON.parse(text) : undefined
    document ??= (await (await server.fetch(new Request(`${issuer}${routes.openapi}`))).json()) as OpenapiDocument
    holdToDocument(document, { method: init.method ?? 'GET', url, status, body })
    return { status, headers, text, body } as Answer<T>
  }

  function post<T = Problem>(path: string, body: unknown, token?: string): Promise<Answer<T>> {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const headers = { 'content-type': 'application/json', ...authorization }
    return send<T>(path, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) })
  }

  function get<T = Problem>(path: string, token?: string): Promise<Answer<T>> {
    return send<T>(path, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } })
  }

  /** Logs a person in, with all that later steps need. */
  async function logIn(
    openId = 'openid-of-xiaoming',
    more: { appId?: string; sessionKey?: string; unionId?: string } = {},
  ) {
    const person = { appId, sessionKey: newSessionKey(), openId, ...more }
    const nonce = newNonce()
    const answer = await post<LoginAnswer>(routes.login, { appId: person.appId, code: wechat.loginCode(person), nonce })
    expect(answer.status).toBe(200)
    const { tokens, loginId, user, created } = answer.body
    return { person, nonce, tokens, loginId, user, created, token: tokens.accessToken }
  }

  /** What an operator of this role sends. */
  function asOperator(role: OperatorRole) {
    const authorization = `Bearer ${operatorToken(role)}`
    const ask = <T = Problem>(method: string, path: string, body?: unknown) =>
      send<T>(path, {
        method,
        headers: { authorization, 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
      })
    return {
      send: ask,
      get: <T = Problem>(path: string) => ask<T>('GET', path),
      post: <T = Problem>(path: string, body: unknown) => ask<T>('POST', path, body),
    }
  }

  return {
    server,
    asOperator,
    store,
    keys,
    time,
    wechat,
    events,
    send,
    post,
    get,
    logIn,
    /** Where the next requests come from; change it at will. */
    arrival,
    /** As many requests in this turn of the event loop as make a queue. */
    async crowd() {
      for (let one = 0; one < 128; one += 1) await server.fetch(new Request(`${issuer}${routes.health}`))
    },
    /** Lets time pass, in milliseconds. */
    pass: (ms: number) => {
      time.now += ms
    },
    phone: (body: unknown, token: string) => post<PhoneAnswer & Problem>(routes.phone, body, token),
    me: (token: string) => get<MeAnswer & Problem>(routes.me, token),
    phones: (token: string) => get<PhonesAnswer & Problem>(routes.myPhones, token),
    rotate: (refreshToken: string, nonce: string) => post<TokenAnswer & Problem>(routes.token, { refreshToken, nonce }),
    eventsOf: <T extends ServerEvent['type']>(type: T) =>
      events.filter((event): event is Extract<ServerEvent, { type: T }> => event.type === type),
  }
}

/** Asserts a refusal and its code. */
export function expectProblem(answer: Answer<unknown>, status: number, code: ProblemCode): void {
  expect({ status: answer.status, code: (answer.body as Problem).code }).toEqual({ status, code })
}

/** Runs `count` racers at once. */
export function race<T>(count: number, run: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => run(index)))
}
