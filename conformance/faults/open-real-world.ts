// Reads better whole: a server in this process on a real database, with a mini program for each cell of the matrix.
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createEmulator, type EmulatedApp } from '@weapp-auth/emulator'
import {
  type AccessTokenStore,
  createServer,
  generateKeyring,
  type Limiter,
  type Observe,
  type Server,
  type Store,
} from '@weapp-auth/server'
import { toNodeHandler } from '@weapp-auth/server/node'
import { createSealedTokenStore, createWechat } from '@weapp-auth/wechat'
import { createRequestLog } from 'weapp-auth'
import { createCourier } from './courier.ts'
import { orphans } from './loose-ends.ts'
import { lin, mo } from './people.ts'
import type { Site } from './site.ts'

export type RealStore = Store & AccessTokenStore

export interface RealWorldOptions {
  openStore(): Promise<RealStore>
  /** Rows of a question to the database, beside the server. */
  rowsOf(sql: string): Promise<readonly unknown[]>
  /** What the database finds wrong with itself. Default: nothing is asked. */
  selfCheck?(): Promise<readonly string[]>
  readonly limiter?: Limiter
  readonly observe?: Observe
}

/** One server and one database for many cells. */
export interface RealWorld {
  readonly origin: string
  readonly server: Server
  /** The same world with a mini program that nobody has used yet: nothing of an earlier cell can be mistaken for this one. */
  newSite(): Site
  /** Stops the server and starts it anew, without its memory, on what the database holds. */
  restart(): Promise<void>
  close(): Promise<void>
}

const push = { token: 'OnlyForTheFaults', encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' }
const operator = { name: 'chen', token: 'only-for-the-faults-0123456789abcdef', role: 'admin' } as const
export const issuer = 'https://auth.example.com'
/** May ask whether a session is live. */
export const backend = { id: 'orders', secret: 'only-for-the-faults-0123456789' } as const

/** As many as cells in the largest file of tests. */
const apps: readonly EmulatedApp[] = Array.from({ length: 64 }, (_, index) => {
  const number = index.toString(16).padStart(2, '0')
  return { appId: `wx00000000000000${number}`, secret: number.repeat(16), name: `Shop ${number}` }
})

export async function openRealWorld(options: RealWorldOptions): Promise<RealWorld> {
  const courier = createCourier()
  const emulator = createEmulator({ apps, people: [lin, mo], clock: { now: Date.now }, deliver: courier.deliver })
  for (const { appId } of apps)
    emulator.control.push.configure(appId, { ...push, url: `http://127.0.0.1/v1/wechat/push/${appId}` })
  const keys = generateKeyring()
  const lines: string[] = []
  const log = createRequestLog('trace', { write: line => void lines.push(line) })
  const numbers = [lin, mo].flatMap(({ phones }) => phones.map(({ number }) => number))
  const secrets = new Set([
    ...apps.map(({ secret }) => secret),
    ...numbers,
    push.token,
    push.encodingAesKey,
    operator.token,
    backend.secret,
  ])
  const { rowsOf, selfCheck, limiter, observe } = options

  async function start() {
    const store = await options.openStore()
    const wechat = createWechat({
      apps,
      fetch: emulator.fetch,
      tokens: createSealedTokenStore({ table: store, key: keys.root.keys[0]?.secret ?? new Uint8Array() }),
      observe: event => log.upstream(event),
    })
    const server = createServer({
      apps: apps.map(({ appId }) => ({ appId, openData: 'enforce', push: { ...push, delayMs: 0 } })),
      operators: [operator],
      backends: [backend],
      store,
      wechat,
      keys,
      issuer,
      // All clients of these tests have one address.
      limits: { perIp: { requests: 1_000_000, windowMs: 60_000 } },
      ...(limiter && { limiter }),
      observe(event) {
        log.server(event)
        observe?.(event)
      },
    })
    await server.ready()
    const http = createHttpServer(toNodeHandler(server))
    await new Promise<void>(resolve => http.listen(0, '127.0.0.1', () => resolve()))
    return {
      server,
      origin: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
      async stop() {
        const closed = new Promise(resolve => http.close(resolve))
        http.closeAllConnections()
        await closed
        await server.close()
        await wechat.close()
        await store.close()
      },
    }
  }

  let running = await start()
  let taken = 0

  async function looseEnds(): Promise<readonly string[]> {
    const found: string[] = [...((await selfCheck?.()) ?? [])]
    for (const [what, query] of Object.entries(orphans)) if ((await rowsOf(query)).length > 0) found.push(what)
    return found
  }

  return {
    get origin() {
      return running.origin
    },
    get server() {
      return running.server
    },
    newSite() {
      const app = apps[taken]
      if (!app) throw new Error('there are more cells than mini programs')
      taken += 1
      return {
        get origin() {
          return running.origin
        },
        emulator,
        app,
        operatorToken: operator.token,
        courier,
        lines,
        secrets,
        settle: async () => void (await running.server.work()),
        // Time passes by itself.
        tick() {},
        looseEnds,
      }
    },
    async restart() {
      await running.stop()
      running = await start()
    },
    async close() {
      await running.stop()
      emulator.close()
    },
  }
}
