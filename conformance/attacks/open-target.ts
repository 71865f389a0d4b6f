import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  createEmulator,
  type EmulatedApp,
  type EmulatedPerson,
  type EmulatorOptions,
  type PhoneDecision,
} from '@weapp-auth/emulator'
import type { LoginAnswer } from '@weapp-auth/protocol/contract'
import { routes } from '@weapp-auth/protocol/contract'
import {
  type AppPolicy,
  createServer,
  generateKeyring,
  type Server,
  type ServerEvent,
  type ServerOptions,
} from '@weapp-auth/server'
import { createMemoryStore } from '@weapp-auth/server/memory'
import { toNodeHandler } from '@weapp-auth/server/node'
import { createWechat, type WechatOptions } from '@weapp-auth/wechat'
import { onTestFinished } from 'vitest'
import { listen } from '../listen.ts'

/** The mini program under attack. */
export const app: EmulatedApp = {
  appId: 'wx00000000000000a1',
  secret: '0123456789abcdef0123456789abcdef',
  name: 'Corner Shop',
}

interface TargetOptions {
  readonly people: readonly EmulatedPerson[]
  readonly policy?: Partial<AppPolicy>
  /** Whatever else the server is made of. */
  readonly server?: Partial<ServerOptions>
  readonly wechat?: Partial<WechatOptions>
  readonly emulator?: Partial<EmulatorOptions>
  /** Servers on one store. Default 1. */
  readonly instances?: number
}

/** What came back, and what an attacker reads out of it. */
interface Answer<Body = Readonly<Record<string, unknown>>> {
  readonly status: number
  /** The body as it was sent. */
  readonly text: string
  /** The same, parsed; an empty object where it was no JSON. */
  readonly body: Body
}

const noon = Date.UTC(2026, 10, 21, 4)

/**
 * The real server behind a real port, the emulator behind another one in the place of WeChat, and the means of an
 * attacker: codes and taps of any person, and requests of any form. All of it is gone after the test.
 *
 * @example
 * const target = await openTarget({ people: [lin, mo] })
 * const { accessToken } = (await target.logIn('mo')).tokens
 */
export async function openTarget(options: TargetOptions) {
  const { people, policy, instances = 1 } = options
  const emulator = createEmulator({ apps: [app], people, clock: { now: () => noon }, ...options.emulator })
  const { clock } = emulator.control
  /** Every URL that the server asked, and what it sent there. */
  const asked: { readonly url: URL; readonly body: string }[] = []
  const wechatPort = await listen(async request => {
    const body = await request.clone().text()
    asked.push({ url: new URL(request.url), body })
    return emulator.fetch(request)
  })
  const events: ServerEvent[] = []
  const store = options.server?.store ?? createMemoryStore()
  const keys = generateKeyring()
  const opened = await Promise.all(Array.from({ length: instances }, openInstance))
  onTestFinished(async () => {
    for (const { close } of opened) await close()
    await wechatPort.close()
    emulator.close()
  })
  const [first] = opened
  if (!first) throw new Error('"instances" must be 1 or more')
  const { url, server } = first

  async function openInstance() {
    const wechat = createWechat({ apps: [app], clock, baseUrl: wechatPort.origin, ...options.wechat })
    const server: Server = createServer({
      apps: [{ appId: app.appId, ...policy }],
      keys,
      clock,
      issuer: 'https://auth.example.com',
      observe: event => void events.push(event),
      ...options.server,
      store,
      wechat,
    })
    const http = createHttpServer(toNodeHandler(server))
    // A pause of ours, while a test computes, is no reason to hang up on it.
    http.keepAliveTimeout = 0
    await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
    const close = async () => {
      http.closeAllConnections()
      await new Promise(resolve => http.close(resolve))
      await server.close()
      await wechat.close()
    }
    return { server, url, close }
  }

  async function send<Body>(path: string, init: RequestInit = {}, at = url): Promise<Answer<Body>> {
    const response = await fetch(`${at}${path}`, { redirect: 'manual', ...init })
    const text = await response.text()
    return { status: response.status, text, body: parsed(text) as Body }
  }

  const phones = new Map<string, ReturnType<typeof emulator.wx>>()
  function phoneOf(person: string) {
    const known = phones.get(person) ?? emulator.wx(person, app.appId)
    if (!phones.has(person)) known.show()
    phones.set(person, known)
    return known
  }

  let nonces = 0
  /** Never the same. */
  function nonce(): string {
    nonces += 1
    return `attack-nonce-${String(nonces).padStart(8, '0')}`
  }

  async function codeOf(person: string): Promise<string> {
    return ((await phoneOf(person).wx.login()) as { code: string }).code
  }

  return {
    url,
    urls: opened.map(({ url }) => url),
    server,
    servers: opened.map(({ server }) => server),
    emulator,
    clock,
    store,
    events,
    asked,
    send,
    nonce,
    codeOf,
    phoneOf,
    /** What the phone button gives when the person agrees. */
    async tap(person: string, decision: PhoneDecision = { decision: 'allow' }) {
      const phone = phoneOf(person)
      phone.decide(decision)
      const { code = '', encryptedData = '', iv = '' } = await phone.tapPhoneButton()
      return { code, encryptedData, iv }
    },
    post<Body = Readonly<Record<string, unknown>>>(path: string, body: unknown, token?: string, at = url) {
      const headers = { 'content-type': 'application/json', ...bearer(token) }
      return send<Body>(path, { method: 'POST', headers, body: JSON.stringify(body) }, at)
    },
    get: <Body = Readonly<Record<string, unknown>>>(path: string, token?: string, at = url) =>
      send<Body>(path, { headers: bearer(token) }, at),
    async logIn(person: string, at = url): Promise<LoginAnswer> {
      const login = JSON.stringify({ appId: app.appId, code: await codeOf(person), nonce: nonce() })
      const headers = { 'content-type': 'application/json' }
      const { status, text, body } = await send<LoginAnswer>(routes.login, { method: 'POST', headers, body: login }, at)
      if (status !== 200) throw new Error(`login of ${person}: ${status} ${text}`)
      return body
    },
    /** How often WeChat was asked for something whose path holds this. */
    askedFor: (path: string) => asked.filter(({ url }) => url.pathname.includes(path)).length,
  }
}

export type Target = Awaited<ReturnType<typeof openTarget>>

/** The header of a holder of this token. */
export function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
