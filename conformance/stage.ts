import { randomBytes } from 'node:crypto'
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
  type WxRuntime,
} from '@weapp-auth/emulator'
import {
  type AppPolicy,
  createServer,
  generateKeyring,
  type Server,
  type ServerEvent,
  type Store,
} from '@weapp-auth/server'
import { createMemoryStore } from '@weapp-auth/server/memory'
import { createWechat, type Wechat } from '@weapp-auth/wechat'

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
export interface Visit {
  readonly auth: Auth
  readonly phone: WxRuntime
  /** Taps the phone button, answers the sheet, and hands the event to the client. */
  tap(decision?: PhoneDecision): Promise<PhoneOutcome>
  /** The user's own data as the server tells it. */
  get(path: string): Promise<unknown>
}

/** The whole system in one process: WeChat, the server and any number of mini programs, on one clock, without a socket. */
export interface Stage {
  readonly emulator: Emulator
  readonly server: Server
  readonly wechat: Wechat
  readonly store: Store
  /** What the server told about its work. */
  readonly events: readonly ServerEvent[]
  /** Every answer the server gave: headers and body, in order. */
  readonly answers: readonly string[]
  /** Every answer WeChat gave to the server, as text, in order; it holds secrets. */
  readonly upstream: readonly string[]
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
  readonly minKeyAgeMs?: EmulatorOptions['minKeyAgeMs']
  readonly store?: Store
}

const baseUrl = 'https://auth.example.com'
const noon = Date.UTC(2026, 10, 21, 4)

/**
 * Puts the system together around the two functions it is made of, `emulator.fetch` and `server.fetch`.
 *
 * @example
 * const stage = openStage()
 * const outcome = await stage.open(lin).tap()
 */
export function openStage({
  policy,
  apps = [app],
  minKeyAgeMs,
  store = createMemoryStore(),
}: StageOptions = {}): Stage {
  const emulator = createEmulator({
    apps,
    people: [lin, kwan],
    clock: { now: () => noon },
    ...(minKeyAgeMs === undefined ? {} : { minKeyAgeMs }),
  })
  const { clock } = emulator.control
  const upstream: string[] = []
  const wechat = createWechat({
    apps,
    clock,
    async fetch(request) {
      const response = await emulator.fetch(new Request(request))
      upstream.push(await response.clone().text())
      return response
    },
  })
  const events: ServerEvent[] = []
  const server = createServer({
    apps: apps.map(({ appId }) => ({ appId, ...policy })),
    store,
    wechat,
    clock,
    issuer: baseUrl,
    keys: generateKeyring({ bytes: randomBytes }),
    observe: event => events.push(event),
  })
  const answers: string[] = []

  async function fetch(request: Request): Promise<Response> {
    const response = await server.fetch(request)
    const { status, headers } = response
    answers.push(JSON.stringify([status, [...headers], await response.clone().text()]))
    return response
  }

  return {
    emulator,
    server,
    wechat,
    store,
    events,
    answers,
    upstream,
    advance: ms => void clock.advance(ms),
    open: (person, launch) => visit(emulator, person, { network: fetch, ...launch }),
    async post(path, body, accessToken) {
      const authorization = accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }
      const headers = { 'content-type': 'application/json', ...authorization }
      const answer = await fetch(
        new Request(`${baseUrl}${path}`, { method: 'POST', headers, body: JSON.stringify(body) }),
      )
      return { status: answer.status, body: await answer.json().catch(() => null) }
    },
    async close() {
      await server.close()
      await wechat.close()
      emulator.close()
    },
  }
}

function visit(emulator: Emulator, person: EmulatedPerson, launch: EmulatedLaunch): Visit {
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
