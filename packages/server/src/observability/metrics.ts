/**
 * Prometheus metrics from what the server and the client of WeChat tell. Needs `prom-client`.
 *
 * @module
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { CommitReport } from '../ports/commit-report.ts'
import type { ServerEvent } from '../ports/observer.ts'
import type { LoadReport } from './load-report.ts'
import type { RedisReport } from './redis-report.ts'
import type { BreakerReport, UpstreamReport } from './upstream-report.ts'

export type { BreakerReport, CommitReport, LoadReport, RedisReport, UpstreamReport }

export interface Metrics {
  /** For `observe` of `createServer`. */
  server(event: ServerEvent): void
  /** For `observe` of `createWechat`. */
  upstream(event: UpstreamReport): void
  /** For `observeBreaker` of `createWechat`. */
  breaker(event: BreakerReport): void
  /** For `observe` of `createSqliteStore`. */
  commit(event: CommitReport): void
  /** For `observe` of `createSharedState`. */
  redis(event: RedisReport): void
  /** For `load` of the server; asked whenever the metrics are read. */
  load(read: () => LoadReport): void
  /** The metrics as text, for `metrics` of `createServer`. */
  read(): Promise<{ readonly contentType: string; readonly text: string }>
}

export interface MetricsOptions {
  /** A registry of your own, to have these metrics beside yours. Default: a new one, with the metrics of Node. */
  readonly registry?: Registry
}

/** Seconds: from a token that is looked up to a WeChat that takes its time. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/**
 * No label holds a user, a number, an openid or a URL, so the number of series is bounded by routes, codes and apps.
 *
 * @example
 * const metrics = createMetrics()
 * const options = { observe: metrics.server, metrics: { read: metrics.read, token: 'only-for-this-example-0000' } }
 */
export function createMetrics({ registry }: MetricsOptions = {}): Metrics {
  const registers = [registry ?? new Registry()] as const
  if (!registry) collectDefaultMetrics({ register: registers[0] })

  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name: `weapp_auth_${name}`, help, labelNames, registers: [...registers] })
  const histogram = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Histogram({ name: `weapp_auth_${name}`, help, labelNames, buckets, registers: [...registers] })

  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Gauge({ name: `weapp_auth_${name}`, help, labelNames, registers: [...registers] })

  const requests = counter('requests_total', 'Answers of the HTTP API', ['route', 'method', 'status', 'code'])
  const requestSeconds = histogram('request_seconds', 'Time to answer', ['route'])
  const shed = counter('requests_shed_total', 'Requests refused because there were too many', ['reason'])
  let readLoad: (() => LoadReport) | null = null
  const longestWait = new Gauge({
    name: 'weapp_auth_queue_delay_seconds',
    help: 'Longest that requests of one turn of the event loop took since the last reading',
    registers: [...registers],
    collect() {
      const { underWay, waitedMs } = readLoad?.() ?? { underWay: 0, waitedMs: 0 }
      longestWait.set(waitedMs / 1000)
      requestsUnderWay.set(underWay)
    },
  })
  const requestsUnderWay = new Gauge({
    name: 'weapp_auth_requests_under_way',
    help: 'Requests that are not answered yet',
    registers: [...registers],
  })
  const logins = counter('logins_total', 'Recorded logins', ['app'])
  const usersCreated = counter('users_created_total', 'First logins', ['app'])
  const phones = counter('phones_total', 'Phone numbers that were proved', ['app', 'source', 'change'])
  const refusedCiphertexts = counter('open_data_refused_total', 'Ciphertexts that opened with no key', ['app', 'burnt'])
  const doubtedCiphertexts = counter('open_data_doubted_total', 'Ciphertexts not confirmed by WeChat', [
    'app',
    'reason',
  ])
  const messages = counter('sms_total', 'One-time codes handed to a provider', ['app', 'provider', 'status'])
  const alarms = counter('budget_alarms_total', 'Daily budgets at four fifths or spent', ['app', 'budget', 'percent'])
  const rotations = counter('sessions_rotated_total', 'Refreshed sessions', [])
  const ended = counter('sessions_ended_total', 'Sessions ended before their time', ['reason'])
  const pushes = counter('push_total', 'Messages that WeChat pushed, or somebody in its name', [
    'app',
    'status',
    'reason',
  ])
  const jobs = counter('jobs_total', 'Jobs that were done, and failures that are tried again', [
    'app',
    'kind',
    'status',
  ])
  const faults = counter('faults_total', 'Refusals behind which something broke', ['code', 'name'])
  const upstream = counter('wechat_requests_total', 'Requests to WeChat', ['app', 'api', 'outcome', 'errcode'])
  const breakers = gauge('wechat_breaker_open', '1 while WeChat is not asked for an app, because it does not answer', [
    'app',
  ])
  const upstreamSeconds = histogram('wechat_request_seconds', 'Time WeChat took', ['api'])
  const tokens = counter('wechat_tokens_total', 'Generations of the access_token', ['app'])
  const lostTokens = counter('wechat_tokens_lost_total', 'access_tokens that somebody else renewed by force', ['app'])
  const generation = gauge('wechat_token_generation', 'Which access_token of ours this is', ['app'])
  const clockAhead = gauge(
    'clock_ahead_seconds',
    'How far our clock was ahead of the time WeChat told, at the last doubt',
    [],
  )
  const clockDoubts = counter('clock_skew_total', 'How often WeChat told a time that cannot be', ['app'])
  const commitSeconds = histogram('store_commit_seconds', 'Time of one durable commit', [])
  const commitWait = histogram('store_wait_seconds', 'Time a step waited for its commit', [])
  const commitSteps = counter('store_steps_total', 'Steps that were committed', [])

  const redisAway = new Gauge({
    name: 'weapp_auth_redis_away',
    help: '1 while Redis is away and each instance counts on its own',
    registers: [...registers],
  })
  const redisLosses = counter('redis_losses_total', 'How often Redis went away', ['reason'])

  const tell: { readonly [T in ServerEvent['type']]?: (event: Extract<ServerEvent, { type: T }>) => void } = {
    request({ route, method, status, code = '', durationMs }) {
      requests.inc({ route, method: known(method), status, code })
      requestSeconds.observe({ route }, durationMs / 1000)
    },
    'requests-shed': ({ reason, count }) => shed.inc({ reason }, count),
    'user-created': ({ appId: app }) => usersCreated.inc({ app }),
    'login-recorded': ({ appId: app }) => logins.inc({ app }),
    'phone-recorded': ({ appId: app, source, change }) => phones.inc({ app, source, change }),
    'access-token-renewed': ({ appId: app, generation: count }) => generation.set({ app }, count),
    'access-token-lost': ({ appId: app }) => lostTokens.inc({ app }),
    'clock-skew'({ appId: app, aheadMs }) {
      clockDoubts.inc({ app })
      clockAhead.set(aheadMs / 1000)
    },
    'open-data-refused': ({ appId: app, burnt }) => refusedCiphertexts.inc({ app, burnt: String(burnt) }),
    'open-data-doubted': ({ appId: app, reason }) => doubtedCiphertexts.inc({ app, reason }),
    'sms-sent': ({ appId: app, provider }) => messages.inc({ app, provider, status: 'sent' }),
    'sms-failed': ({ appId: app, provider, status }) => messages.inc({ app, provider, status }),
    'budget-alarm': ({ appId: app, budget, percent }) => alarms.inc({ app, budget, percent }),
    'session-rotated': () => rotations.inc(),
    'session-ended': ({ reason }) => ended.inc({ reason }),
    'push-received': ({ appId: app, event, repeated }) =>
      pushes.inc({ app, status: repeated ? 'repeated' : 'received', reason: event }),
    'push-ignored': ({ appId: app, reason }) => pushes.inc({ app, status: 'ignored', reason }),
    'push-refused': ({ appId: app, reason }) => pushes.inc({ app, status: 'refused', reason }),
    'job-done': ({ appId: app, kind }) => jobs.inc({ app, kind, status: 'done' }),
    'job-failed': ({ appId: app, kind }) => jobs.inc({ app, kind, status: 'failed' }),
    fault: ({ code, name }) => faults.inc({ code, name }),
  }

  return {
    server: event => (tell[event.type] as ((event: ServerEvent) => void) | undefined)?.(event),
    upstream({ api, appId: app, durationMs, outcome, errcode }) {
      upstream.inc({ app, api, outcome, errcode: errcode ?? '' })
      upstreamSeconds.observe({ api }, durationMs / 1000)
      if (tokenApis.has(api) && outcome === 'ok') tokens.inc({ app })
    },
    breaker: ({ appId: app, state }) => breakers.set({ app }, state === 'open' ? 1 : 0),
    commit({ steps, waitedMs, tookMs }) {
      commitSteps.inc(steps)
      commitWait.observe(waitedMs / 1000)
      commitSeconds.observe(tookMs / 1000)
    },
    redis(event) {
      redisAway.set(event.type === 'redis-away' ? 1 : 0)
      if (event.type === 'redis-away') redisLosses.inc({ reason: event.reason })
    },
    load(read) {
      readLoad = read
    },
    read: async () => ({ contentType: registers[0].contentType, text: await registers[0].metrics() }),
  }
}

/** Calls that bring a new token: of a mini program, of a third-party platform, and of an app that it acts for. */
const tokenApis = new Set(['accessToken', 'componentToken', 'authorizerToken'])

/** A caller may send any word as a method. */
function known(method: string): string {
  return /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/.test(method) ? method : 'other'
}
