import type { ServerEvent } from '@weapp-auth/server'
import type { RedisEvent } from '@weapp-auth/server/redis'
import type { BreakerEvent, UpstreamEvent } from '@weapp-auth/wechat'
import { type Level, pino } from 'pino'

/** Where log lines go: JSON, one a line. */
export interface LogSink {
  write(line: string): void
}

/** What the server and the client of WeChat tell. */
export interface RequestLog {
  server(event: ServerEvent): void
  upstream(event: UpstreamEvent): void
  breaker(event: BreakerEvent): void
  redis(event: RedisEvent): void
  /** Work that nobody waits for has failed; only the name of the error is written. */
  background(what: string, error: unknown): void
}

/** What may be written of each event, and how loudly. What is not named here is not written. */
const allowed: {
  readonly [T in ServerEvent['type']]: readonly [
    level: Level,
    ...fields: Exclude<keyof Extract<ServerEvent, { type: T }>, 'type'>[],
  ]
} = {
  request: ['info', 'requestId', 'method', 'route', 'appId', 'status', 'code', 'durationMs'],
  'requests-shed': ['warn', 'reason', 'count', 'underWay', 'waitedMs'],
  'user-created': ['info', 'requestId', 'appId', 'userId'],
  'login-recorded': ['info', 'requestId', 'appId', 'userId', 'loginId'],
  'login-refused': ['info', 'requestId', 'appId', 'code'],
  'phone-refused': ['info', 'requestId', 'appId', 'userId', 'source', 'code'],
  'phone-recorded': ['info', 'requestId', 'appId', 'userId', 'change', 'source'],
  'phone-transferred': ['warn', 'requestId', 'appId', 'userId', 'fromUserId'],
  'union-id-conflict': ['warn', 'requestId', 'appId', 'userId', 'otherUserId'],
  'users-merged': ['warn', 'requestId', 'mergeId', 'userId', 'mergedUserId', 'by', 'sessionsEnded'],
  'merge-undone': ['warn', 'requestId', 'mergeId', 'userId', 'mergedUserId', 'by', 'sessionsEnded'],
  'profile-recorded': ['info', 'requestId', 'appId', 'userId', 'field', 'cleared'],
  'consent-recorded': ['info', 'requestId', 'appId', 'userId', 'scope', 'status'],
  'user-blocked': ['info', 'requestId', 'userId'],
  'user-unblocked': ['info', 'requestId', 'userId'],
  'user-erased': ['info', 'requestId', 'appId', 'userId'],
  'open-data-refused': ['warn', 'requestId', 'appId', 'loginId', 'burnt'],
  'open-data-doubted': ['warn', 'requestId', 'appId', 'loginId', 'reason'],
  'sms-sent': ['info', 'requestId', 'appId', 'userId', 'provider', 'messageId'],
  'sms-failed': ['warn', 'requestId', 'appId', 'userId', 'provider', 'status', 'reason'],
  'budget-alarm': ['warn', 'requestId', 'appId', 'budget', 'used', 'limit', 'percent'],
  'session-rotated': ['debug', 'requestId', 'sessionId'],
  'session-ended': ['info', 'requestId', 'sessionId', 'reason'],
  'push-received': ['info', 'requestId', 'appId', 'event', 'repeated'],
  'clock-skew': ['warn', 'requestId', 'appId', 'aheadMs'],
  'access-token-renewed': ['info', 'appId', 'generation'],
  'access-token-lost': ['warn', 'appId', 'generation', 'leftMs'],
  'push-ignored': ['info', 'requestId', 'appId', 'reason'],
  'push-refused': ['warn', 'requestId', 'appId', 'reason'],
  'job-done': ['info', 'jobId', 'appId', 'kind', 'userId', 'revoked', 'erased', 'auditSeq'],
  'job-failed': ['error', 'jobId', 'appId', 'kind', 'attempts', 'retryInMs', 'name'],
  'operator-sign-in': ['info', 'requestId', 'way', 'outcome'],
  'audit-anchor': ['info', 'seq', 'hash'],
  fault: ['error', 'requestId', 'code', 'name', 'api', 'errcode', 'rid', 'frames'],
}

const upstreamFields = ['api', 'appId', 'attempt', 'durationMs', 'outcome', 'errcode', 'rid', 'reason'] as const

/**
 * Logs by an allow-list, so that a field which a later version adds to an event stays out until somebody decides.
 * No phone number (not even masked), code, token, openid or URL is on it.
 */
export function createRequestLog(level: string, sink: LogSink): RequestLog {
  const log = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, sink)
  return {
    server(event) {
      const [loudness, ...fields] = allowed[event.type]
      log[loudness](pick(event, fields), event.type)
    },
    upstream(event) {
      log[event.outcome === 'ok' ? 'debug' : 'warn'](pick(event, upstreamFields), 'wechat')
    },
    breaker(event) {
      log[event.state === 'open' ? 'error' : 'info'](pick(event, ['appId', 'state']), 'wechat-breaker')
    },
    redis(event) {
      log[event.type === 'redis-away' ? 'warn' : 'info'](pick(event, ['reason', 'awayMs']), event.type)
    },
    background(what, error) {
      log.error({ what, name: error instanceof Error ? error.name : typeof error }, 'background')
    },
  }
}

function pick(event: object, fields: readonly string[]): Readonly<Record<string, unknown>> {
  const values = new Map<string, unknown>(Object.entries(event))
  return Object.fromEntries(fields.filter(field => values.has(field)).map(field => [field, rounded(values.get(field))]))
}

/** Durations to a tenth of a millisecond. */
function rounded(value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 10) / 10 : value
}
