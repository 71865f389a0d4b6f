import { problemCodes } from '@weapp-auth/protocol/contract'
import {
  type AppPolicy,
  type AvatarOptions,
  type BackendPolicy,
  type Clock,
  type ComponentPolicy,
  type ConsoleOptions,
  createServer,
  type Keyring,
  type Limiter,
  type MetricsSource,
  type Observe,
  type OperatorPolicy,
  ProblemError,
  type RequestRates,
  type Server,
  type SmsProvider,
  type TestPush,
  type TraceKeeping,
} from '@weapp-auth/server'
import { type BreakerEvent, createWechat, type UpstreamEvent, type WechatOptions } from '@weapp-auth/wechat'
import { createAccessTokenStore } from './access-token-store.ts'
import { CliFault } from './cli-fault.ts'
import type { OpenedStore } from './open-store.ts'
import type { RequestLog } from './request-log.ts'
import type { UndoList } from './undo-list.ts'

export interface ServiceOptions {
  readonly apps: readonly AppPolicy[]
  readonly sms?: SmsProvider | undefined
  /** Proxies in front. Default 0. */
  readonly trustProxy?: number
  /** Requests under way at most. */
  readonly maxUnderWay?: number
  /** How long a merge can be undone. */
  readonly mergeUndoMs?: number
  /** Third-party platforms that act for apps. Default: none. */
  readonly components?: readonly ComponentPolicy[]
  readonly wechat: Omit<WechatOptions, 'tokens' | 'observe' | 'observeBreaker' | 'components'>
  readonly store: OpenedStore
  readonly keyring: Keyring
  readonly avatars: AvatarOptions
  readonly backends?: readonly BackendPolicy[]
  readonly operators?: readonly OperatorPolicy[]
  /** Default: nobody can sign in. */
  readonly console?: ConsoleOptions
  /** Yuan for one phone number. */
  readonly phonePrice?: number
  /** Of which requests operators can read what came of them. */
  readonly trace?: TraceKeeping
  /** Where a phone simulator is. Default: nowhere. */
  readonly simulator?: string
  readonly limits?: Partial<RequestRates>
  /** Who counts requests. Default: this process. */
  readonly limiter?: Limiter
  readonly metrics?: MetricsSource
  /** Lets the emulator push. */
  readonly testPush?: TestPush
  /** Is told what the client of WeChat does, besides the log. */
  readonly observeUpstream?: (event: UpstreamEvent) => void
  /** The same of its circuit breakers. */
  readonly observeBreaker?: (event: BreakerEvent) => void
  readonly issuer: string
  readonly log: RequestLog
  readonly observe?: Observe
  readonly clock?: Clock
}

/** How often jobs that have become due are looked for. */
const workEveryMs = 5000
/** How often rows that nobody can use any more are removed. */
const sweepEveryMs = 300_000

/**
 * Puts server and client of WeChat together and proves that the keys fit the database.
 *
 * @throws CliFault `config` when they do not.
 */
export async function startService(options: ServiceOptions, undo: UndoList): Promise<Server> {
  const { apps, store, issuer, log, observe, clock } = options
  let { keyring } = options
  const tokens = createAccessTokenStore(store, () => keyring)
  const upstream = (event: UpstreamEvent) => {
    log.upstream(event)
    options.observeUpstream?.(event)
  }
  const observeBreaker = (event: BreakerEvent) => {
    log.breaker(event)
    options.observeBreaker?.(event)
  }
  const own = options.wechat.apps.filter(app => app.component === undefined)
  const wechat = createWechat({
    ...options.wechat,
    apps: own,
    tokens,
    observe: upstream,
    observeBreaker,
    ...(clock && { clock }),
  })
  undo.add(() => wechat.close())
  const server = createServer({
    apps,
    store,
    wechat,
    keys: keyring,
    issuer,
    avatars: options.avatars,
    ...(options.components && { components: options.components }),
    ...(options.backends && { backends: options.backends }),
    ...(options.operators && { operators: options.operators }),
    ...(options.console && { console: options.console }),
    ...(options.phonePrice !== undefined && { phonePrice: options.phonePrice }),
    ...(options.trace && { trace: options.trace }),
    ...(options.simulator !== undefined && { simulator: options.simulator }),
    ...(options.limits && { limits: options.limits }),
    ...(options.limiter && { limiter: options.limiter }),
    ...(options.testPush && { testPush: options.testPush }),
    ...(options.metrics && { metrics: options.metrics }),
    ...(options.sms && { sms: options.sms }),
    trustProxy: options.trustProxy ?? 0,
    ...(options.maxUnderWay !== undefined && { maxUnderWay: options.maxUnderWay }),
    ...(options.mergeUndoMs !== undefined && { mergeUndoMs: options.mergeUndoMs }),
    ...(clock && { clock }),
    observe(event) {
      log.server(event)
      observe?.(event)
    },
  })
  undo.add(() => server.close())
  // The server has told of their platforms by now.
  for (const app of options.wechat.apps) if (app.component !== undefined) wechat.setApp(app)
  await server.ready().catch(error => {
    throw explain(error)
  })
  const sweeping = setInterval(() => {
    server.sweep().catch(error => log.background('sweep', error))
  }, sweepEveryMs).unref()
  undo.add(() => clearInterval(sweeping))
  let working: Promise<unknown> | null = null
  const workTimer = setInterval(() => {
    working ??= server
      .work()
      .catch(error => log.background('work', error))
      .finally(() => {
        working = null
      })
  }, workEveryMs).unref()
  // The store is closed after this, so a job is not cut off in the middle.
  undo.add(() => {
    clearInterval(workTimer)
    return working
  })
  return {
    ...server,
    async replaceKeys(keys) {
      await server.replaceKeys(keys)
      keyring = keys
    },
  }
}

function explain(error: unknown): unknown {
  if (!(error instanceof ProblemError) || error.code !== 'keys_mismatched') return error
  const { message, fix } = problemCodes.keys_mismatched
  const detail = error.detail ?? ''
  return new CliFault(
    'config',
    { zh: `${message.zh}${fix.zh}（${detail}）`, en: `${message.en} ${fix.en} (${detail})` },
    error,
  )
}
