import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createEmulator, type EmulatedPerson } from '@weapp-auth/emulator'
import { createServer, generateKeyring, type Keyring } from '@weapp-auth/server'
import { createMemoryStore } from '@weapp-auth/server/memory'
import { toNodeHandler } from '@weapp-auth/server/node'
import { createWechat } from '@weapp-auth/wechat'
import { listen } from '../listen.ts'

export const app = { appId: 'wx0000000000000001', secret: '00000000000000000000000000000001', name: 'Tea' }
const lin: EmulatedPerson = { id: 'lin', name: 'Lin', phones: [] }
/** A backend that may introspect. */
export const orders = { id: 'orders', secret: 'only+for/the=test-0123456789' }

/** What `POST /v1/login` answers, as far as it is used. */
export interface Login {
  readonly user: { readonly id: string }
  readonly tokens: { readonly accessToken: string; readonly refreshToken: string }
}

/** WeChat on a port. */
export async function openWechat() {
  const emulator = createEmulator({ apps: [app], people: [lin] })
  const { origin, close } = await listen(emulator.fetch)
  return {
    origin,
    emulator,
    loginBody: async () => {
      const { code } = await emulator.wx(lin.id, app.appId).wx.login()
      return { appId: app.appId, code, nonce: 'nonce-of-the-first-login' }
    },
    async close() {
      emulator.close()
      await close()
    },
  }
}

/** Sends JSON. */
export function post(url: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
}

export interface WorldOptions {
  readonly keys?: Keyring
  readonly audience?: string
  /** By how many milliseconds the clock of the server is wrong. */
  readonly skew?: number
}

/** The auth server on a port of its own, as other backends see it, and a user who is logged in. */
export async function openWorld({ keys = generateKeyring(), audience, skew = 0 }: WorldOptions = {}) {
  const emulator = createEmulator({ apps: [app], people: [lin] })
  const wechat = createWechat({ apps: [app], fetch: request => emulator.fetch(request) })
  const http = createHttpServer()
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const server = createServer({
    apps: [app],
    store: createMemoryStore(),
    wechat,
    keys,
    issuer,
    ...(audience === undefined ? {} : { audience }),
    backends: [orders],
    clock: { now: () => Date.now() + skew },
  })
  http.on('request', toNodeHandler(server))
  const { code } = await emulator.wx(lin.id, app.appId).wx.login()
  const answer = await post(`${issuer}/v1/login`, { appId: app.appId, code, nonce: 'nonce-of-the-first-login' })
  const login = (await answer.json()) as Login
  return {
    issuer,
    userId: login.user.id,
    token: login.tokens.accessToken,
    /** The user logs out. */
    logOut: () => post(`${issuer}/v1/logout`, { refreshToken: login.tokens.refreshToken }),
    async close() {
      http.closeAllConnections()
      await new Promise(resolve => http.close(resolve))
      await server.close()
      await wechat.close()
      emulator.close()
    },
  }
}
