// Reads better whole: the system under test, put together around a database file, so that it can be started again.
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEmulator } from '@weapp-auth/emulator'
import {
  createServer,
  type EventLoop,
  generateKeyring,
  type Keyring,
  type Server,
  type ServerEvent,
} from '@weapp-auth/server'
import { toNodeHandler } from '@weapp-auth/server/node'
import { createSqliteStore } from '@weapp-auth/server/sqlite'
import { type BreakerEvent, createSealedTokenStore, createWechat, type UpstreamEvent } from '@weapp-auth/wechat'
import Database from 'better-sqlite3'
import { createRequestLog } from 'weapp-auth'
import { listen } from '../listen.ts'
import { createCourier } from './courier.ts'
import { type FaultProxy, openFaultProxy } from './fault-proxy.ts'
import { createFaultTimer, type FaultTimer } from './fault-timer.ts'
import { looseEndsOf } from './loose-ends.ts'
import { bakery, lin, mo, shop } from './people.ts'
import type { Site } from './site.ts'

/** A site in this process, over real connections, on a clock that moves only when told. */
export interface World extends Site {
  /** Between the server and WeChat. */
  readonly wire: FaultProxy
  /** Of WeChat's client; what stalls on `wire` lets its time-out pass. */
  readonly timer: FaultTimer
  readonly events: readonly ServerEvent[]
  readonly upstream: readonly UpstreamEvent[]
  readonly breaker: readonly BreakerEvent[]
  readonly server: Server
  /** Moves the clock of everybody. */
  advance(ms: number): void
  /** From now on the server's clock goes ahead of WeChat's by this much, or behind it. */
  skew(ms: number): void
  /** With what everything is sealed. */
  readonly keys: Keyring
  /** The database file. */
  readonly file: string
  /**
   * Stops the server and starts it anew on the same file, without its memory. Rejects when the server says that it must
   * not be started; then it listens all the same, as one that nobody asked.
   */
  restart(keys?: Keyring): Promise<void>
  close(): Promise<void>
}

const noon = Date.UTC(2026, 10, 21, 4)
const push = { token: 'OnlyForTheFaults', encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' }
const operator = { name: 'chen', token: 'only-for-the-faults-0123456789abcdef', role: 'admin' } as const
/** Longer than WeChat's messages wait (`delayMs`), also where the clock was five minutes ahead when they came. */
const settleMs = 16 * 60_000

/** `loop`: by which the server measures how busy it is. Default: that of this process. */
export async function openWorld({ loop }: { readonly loop?: EventLoop } = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'weapp-auth-faults-'))
  const file = join(folder, 'auth.sqlite')
  const courier = createCourier()
  const emulator = createEmulator({
    apps: [shop, bakery],
    people: [lin, mo],
    clock: { now: () => noon },
    deliver: courier.deliver,
  })
  const url = `http://127.0.0.1/v1/wechat/push/${shop.appId}`
  emulator.control.push.configure(shop.appId, { ...push, url })
  const timer = createFaultTimer()
  const wechatPort = await listen(request => emulator.fetch(request))
  const wire = await openFaultProxy(
    () => wechatPort.origin,
    () => timer.pass(3000),
  )
  const ownKeys = generateKeyring()
  let skewMs = 0
  const clock = { now: () => emulator.control.clock.now() + skewMs }
  const lines: string[] = []
  const events: ServerEvent[] = []
  const upstream: UpstreamEvent[] = []
  const breaker: BreakerEvent[] = []
  const log = createRequestLog('trace', { write: line => void lines.push(line) })
  const numbers = [lin, mo].flatMap(({ phones }) => phones.map(({ number }) => number))
  const secrets = new Set([shop.secret, bakery.secret, push.token, push.encodingAesKey, operator.token, ...numbers])

  async function start(keys: Keyring) {
    const store = createSqliteStore({ database: new Database(file) })
    const wechat = createWechat({
      apps: [shop, bakery],
      baseUrl: wire.origin,
      tokens: createSealedTokenStore({ table: store, key: sealingKey(keys) }),
      clock,
      timer,
      random: () => 0.5,
      observe(event) {
        upstream.push(event)
        log.upstream(event)
      },
      observeBreaker(event) {
        breaker.push(event)
        log.breaker(event)
      },
    })
    const server = createServer({
      apps: [
        { appId: shop.appId, openData: 'enforce', push },
        { appId: bakery.appId, openData: 'enforce' },
      ],
      operators: [operator],
      store,
      wechat,
      keys,
      clock,
      issuer: 'https://auth.example.com',
      ...(loop && { loop }),
      observe(event) {
        events.push(event)
        log.server(event)
      },
    })
    const ready = server.ready()
    await ready.catch(() => undefined)
    const http = createHttpServer(toNodeHandler(server))
    await new Promise<void>(resolve => http.listen(0, '127.0.0.1', () => resolve()))
    return {
      server,
      ready,
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
  let running = await start(ownKeys)
  await running.ready

  /** What WeChat said holds the secrets that only it and the server know. */
  function learnSecrets(): void {
    for (const text of wire.heard)
      for (const [, secret = ''] of text.matchAll(/"(?:session_key|access_token)":"([^"]+)"/g)) secrets.add(secret)
  }

  return {
    get origin() {
      return running.origin
    },
    get server() {
      return running.server
    },
    get secrets() {
      learnSecrets()
      return secrets
    },
    emulator,
    app: shop,
    operatorToken: operator.token,
    courier,
    lines,
    events,
    upstream,
    breaker,
    wire,
    timer,
    advance: ms => void emulator.control.clock.advance(ms),
    skew(ms) {
      skewMs = ms
    },
    tick: () => void emulator.control.clock.advance(1000),
    async settle() {
      emulator.control.clock.advance(settleMs)
      await running.server.work()
    },
    looseEnds: async () => looseEndsOf(file),
    keys: ownKeys,
    file,
    async restart(keys = ownKeys) {
      await running.stop()
      running = await start(keys)
      await running.ready
    },
    async close() {
      await running.stop()
      await wire.close()
      await wechatPort.close()
      emulator.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function sealingKey({ root: { primary, keys } }: Keyring): Uint8Array {
  const key = keys.find(({ id }) => id === primary)
  if (!key) throw new Error('a keyring has its primary key')
  return key.secret
}
