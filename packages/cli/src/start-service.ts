import { problemCodes } from '@weapp-auth/protocol/contract'
import {
  type AppPolicy,
  type AvatarOptions,
  type BackendPolicy,
  type Clock,
  createServer,
  type Keyring,
  type MetricsSource,
  type Observe,
  ProblemError,
  type RequestRates,
  type Server,
  type SmsProvider,
} from '@weapp-auth/server'
import { createWechat, type UpstreamEvent, type WechatOptions } from '@weapp-auth/wechat'
import { createAccessTokenStore } from './access-token-store.ts'
import { CliFault } from './cli-fault.ts'
import type { SqliteStore } from './open-sqlite.ts'
import type { RequestLog } from './request-log.ts'
import type { UndoList } from './undo-list.ts'

export interface ServiceOptions {
  readonly apps: readonly AppPolicy[]
  readonly sms?: SmsProvider | undefined
  /** Proxies in front. Default 0. */
  readonly trustProxy?: number
  readonly wechat: Omit<WechatOptions, 'tokens' | 'observe'>
  readonly store: SqliteStore
  readonly keyring: Keyring
  readonly avatars: AvatarOptions
  readonly backends?: readonly BackendPolicy[]
  readonly limits?: Partial<RequestRates>
  readonly metrics?: MetricsSource
  /** Is told what the client of WeChat does, besides the log. */
  readonly observeUpstream?: (event: UpstreamEvent) => void
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
  const wechat = createWechat({ ...options.wechat, tokens, observe: upstream, ...(clock && { clock }) })
  undo.add(() => wechat.close())
  const server = createServer({
    apps,
    store,
    wechat,
    keys: keyring,
    issuer,
    avatars: options.avatars,
    ...(options.backends && { backends: options.backends }),
    ...(options.limits && { limits: options.limits }),
    ...(options.metrics && { metrics: options.metrics }),
    ...(options.sms && { sms: options.sms }),
    trustProxy: options.trustProxy ?? 0,
    ...(clock && { clock }),
    observe(event) {
      log.server(event)
      observe?.(event)
    },
  })
  undo.add(() => server.close())
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
