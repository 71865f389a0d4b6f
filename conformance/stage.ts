import { type Auth, createAuth, type PhoneOutcome } from '@weapp-auth/client'
import { wxPlatform } from '@weapp-auth/client/wx'
import {
  createEmulator,
  type EmulatedApp,
  type EmulatedLaunch,
  type EmulatedPerson,
  type Emulator,
  type EmulatorOptions,
  type PhoneDecision,
  type PushSettings,
  type WxRuntime,
} from '@weapp-auth/emulator'
import {
  type AppPolicy,
  type AvatarStorage,
  type ComponentPolicy,
  createServer,
  generateKeyring,
  type Keyring,
  type RequestRates,
  type Server,
  type ServerEvent,
  type ServerOptions,
  type SmsProvider,
  type Store,
  type Timer,
} from '@weapp-auth/server'
import { createMemoryStore } from '@weapp-auth/server/memory'
import { createWechat, type Wechat, type WechatOptions } from '@weapp-auth/wechat'
import { listen } from './listen.ts'

/** The mini program of the stories. */
export const app: EmulatedApp = {
  appId: 'wx00000000000000a1',
  secret: '0123456789abcdef0123456789abcdef',
  name: 'Corner Shop',
}

/** Lin has two numbers, Kwan one in Hong Kong. */
export const lin: EmulatedPerson = {
  id: 'lin',
  name: 'Lin',
  phones: [{ number: '13800138000' }, { number: '13900139000' }],
}
export const kwan: EmulatedPerson = { id: 'kwan', name: 'Kwan', phones: [{ countryCode: '852', number: '51234567' }] }

export const minutes = (count: number) => count * 60_000

/** Base libraries before 2.21.2 give the phone button no code: then only the ciphertext can prove the number. */
export const oldLibrary: EmulatedLaunch = { device: { sdkVersion: '2.20.0' } }

/** One launch of the mini program by one person. */
interface Visit {
  readonly auth: Auth
  readonly phone: WxRuntime
  /** Taps the phone button, answers the sheet, and hands the event to the client. */
  tap(decision?: PhoneDecision): Promise<PhoneOutcome>
  /** The user's own data as the server tells it. */
  get(path: string): Promise<unknown>
}

/** The whole system in one process: WeChat, the server and any number of mini programs, on one clock. */
export interface Stage {
  readonly emulator: Emulator
  readonly server: Server
  /** Where the server is, for requests that `post` cannot make. */
  readonly origin: string
  readonly wechat: Wechat
  readonly store: Store
  /** The files of the avatars, by key. */
  readonly avatars: ReadonlyMap<string, Uint8Array>
  /** What the server told about its work. */
  readonly events: readonly ServerEvent[]
  /** Every answer the server gave: headers and body, in order. */
  readonly answers: readonly string[]
  /** Every answer WeChat gave to the server, as text, in order; it holds secrets. */
  readonly upstream: readonly string[]
  /** Every message that WeChat pushed, in order. */
  readonly pushed: readonly Request[]
  /** Moves everybody's clock. */
  advance(ms: number): void
  /** The person starts the mini program anew; what it stored on this phone before is still there. */
  open(person: EmulatedPerson, launch?: EmulatedLaunch): Visit
  /** Sends JSON as a front end of its own would. */
  post(path: string, body: unknown, accessToken?: string): Promise<{ readonly status: number; readonly body: unknown }>
  close(): Promise<void>
}

export interface StageOptions {
  readonly policy?: Partial<AppPolicy>
  readonly apps?: readonly EmulatedApp[]
  /** Default: Lin and Kwan. */
  readonly people?: readonly EmulatedPerson[]
  readonly minKeyAgeMs?: EmulatorOptions['minKeyAgeMs']
  readonly store?: Store
  /** Those of the apps that the server is told of. Default: all. */
  readonly served?: readonly EmulatedApp[]
  /** Default: new ones. */
  readonly keys?: Keyring
  /** Who sends one-time codes. Default: nobody. */
  readonly sms?: SmsProvider
  /** How WeChat pushes events to the server. Default: not at all. */
  readonly push?: Pick<PushSettings, 'mode' | 'format' | 'keys'>
  /** A third-party platform that acts for the apps. Default: the server has the secrets of the apps. */
  readonly component?: ComponentPolicy
  /** Points that WeChat leaves open. */
  readonly unverified?: EmulatorOptions['unverified']
  /** Is told of every request to WeChat. */
  readonly observeUpstream?: NonNullable<WechatOptions['observe']>
  /** How fast requests are taken; what is not named keeps its default. */
  readonly limits?: Partial<RequestRates>
  /** Programs and people beside the users. Default: none. */
  readonly backends?: NonNullable<ServerOptions['backends']>
  readonly operators?: NonNullable<ServerOptions['operators']>
  /** By which the server waits. Default: the system's timer. */
  readonly timer?: Timer
  /** Puts real ports between the parts. Default: none, requests are handed over as function calls. */
  readonly ports?: boolean
}

/** Where a story takes place. */
export const worlds: readonly (readonly [string, StageOptions])[] = [
  ['in one process', {}],
  ['over real ports', { ports: true }],
]

const noon = Date.UTC(2026, 10, 21, 4)

/**
 * Puts the system together around the two functions it is made of, `emulator.fetch` and `server.fetch`.
 *
 * @example
 * const stage = await openStage()
 * const outcome = await stage.open(lin).tap()
 */
export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const {
    policy,
    apps = [app],
    served = apps,
    keys = generateKeyring(),
    people = [lin, kwan],
    minKeyAgeMs,
    store = createMemoryStore(),
    sms,
    push,
    component,
    unverified,
    observeUpstream = () => {},
    limits = {},
    backends = [],
    operators = [],
    timer,
    ports = false,
  } = options
  const emulator = createEmulator({
    apps,
    people,
    clock: { now: () => noon },
    deliver(request) {
      pushed.push(request.clone())
      return network(request)
    },
    ...(minKeyAgeMs === undefined ? {} : { minKeyAgeMs }),
    ...(unverified && { unverified }),
  })
  const { clock } = emulator.control
  const upstream: string[] = []
  const answers: string[] = []
  const pushed: Request[] = []
  const events: ServerEvent[] = []
  const avatars = new Map<string, Uint8Array<ArrayBuffer>>()

  const toWechat = recorded(emulator.fetch, async response => upstream.push(await response.text()))
  const wechatPort = ports ? await listen(toWechat) : null
  const wechat = createWechat({
    apps: component ? [] : served,
    clock,
    observe: observeUpstream,
    ...(wechatPort ? { baseUrl: wechatPort.origin } : { fetch: toWechat }),
  })

  const server = createServer({
    apps: served.map(({ appId }) => ({
      appId,
      ...policy,
      ...(push ? { push: pushSecretsOf(push) } : {}),
      ...(component && { component: component.appId }),
    })),
    components: component ? [component] : [],
    store,
    wechat,
    clock,
    issuer: 'https://auth.example.com',
    keys,
    avatars: { storage: keepIn(avatars) },
    limits,
    backends,
    operators,
    ...(timer && { timer }),
    ...(sms && { sms }),
    observe: event => events.push(event),
  })
  const toServer = recorded(server.fetch, async response => {
    answers.push(JSON.stringify([response.status, [...response.headers], await response.text()]))
  })
  const serverPort = ports ? await listen(toServer) : null
  const baseUrl = serverPort?.origin ?? 'https://auth.example.com'
  const network = serverPort ? (request: Request) => fetch(request) : toServer
  if (push)
    for (const { appId } of apps)
      emulator.control.push.configure(appId, { ...push, ...pushSecrets, url: `${baseUrl}/v1/wechat/push/${appId}` })

  if (component) introduce(emulator, component, baseUrl)

  return {
    emulator,
    server,
    origin: baseUrl,
    wechat,
    store,
    avatars,
    events,
    answers,
    upstream,
    pushed,
    advance: ms => void clock.advance(ms),
    open: (person, launch) => visit(emulator, baseUrl, person, { network, ...launch }),
    async post(path, body, accessToken) {
      const authorization = accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }
      const headers = { 'content-type': 'application/json', ...authorization }
      const request = new Request(`${baseUrl}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
      const answer = await network(request)
      return { status: answer.status, body: await answer.json().catch(() => null) }
    },
    async close() {
      await serverPort?.close()
      await server.close()
      await wechat.close()
      await wechatPort?.close()
      emulator.close()
    },
  }
}

/** The platform enters its URLs on the open platform; every ten minutes a ticket comes there. */
function introduce(emulator: Emulator, { appId, secret, push }: ComponentPolicy, baseUrl: string): void {
  const { token, encodingAesKey = '' } = push
  const url = `${baseUrl}/v1/wechat/component/${appId}`
  emulator.control.components.put({ appId, secret, name: 'Shop Keeper', push: { url, token, encodingAesKey } })
  const messages = { token, encodingAesKey, component: appId, url: `${baseUrl}/v1/wechat/push/$APPID$` }
  for (const { appId } of emulator.control.apps.all()) emulator.control.push.configure(appId, messages)
}

const pushSecrets = { token: 'OnlyForTheStories', encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' }

/** In plain mode the server is given no key. */
function pushSecretsOf({ mode }: NonNullable<StageOptions['push']>): NonNullable<AppPolicy['push']> {
  return mode === 'plain' ? { token: pushSecrets.token } : pushSecrets
}

function keepIn(files: Map<string, Uint8Array<ArrayBuffer>>): AvatarStorage {
  return {
    put: async (key, bytes) => void files.set(key, new Uint8Array(bytes)),
    get: async key => files.get(key) ?? null,
    delete: async key => void files.delete(key),
  }
}

/** WeChat or the server, as a function. */
type Fetch = (request: Request) => Promise<Response>

/** The same function, with a copy of every answer shown to `show` before it goes out. */
function recorded(answer: Fetch, show: (copy: Response) => Promise<unknown>): Fetch {
  return async input => {
    const response = await answer(new Request(input))
    await show(response.clone())
    return response
  }
}

function visit(emulator: Emulator, baseUrl: string, person: EmulatedPerson, launch: EmulatedLaunch): Visit {
  const phone = emulator.wx(person.id, app.appId, launch)
  const platform = {
    ...wxPlatform(phone.wx),
    now: emulator.control.clock.now,
    after: (ms: number, run: () => void) => {
      const id = phone.timers.setTimeout(run, ms)
      return { cancel: () => phone.timers.clearTimeout(id) }
    },
  }
  const auth = createAuth({ baseUrl, appId: app.appId, platform })
  phone.show()
  return {
    auth,
    phone,
    async tap(decision = { decision: 'allow' }) {
      phone.decide(decision)
      return auth.bindPhone({ detail: await phone.tapPhoneButton() })
    },
    async get(path) {
      const outcome = await auth.request({ url: path })
      if (outcome.status !== 'answered') throw new Error(`${path}: ${outcome.status}`)
      return outcome.response.body
    },
  }
}
