import type { ServerEvent } from '@weapp-auth/server'
import { expect, test } from 'vitest'
import { createRequestLog } from './request-log.ts'

function log(level = 'debug') {
  const lines: Record<string, unknown>[] = []
  const requestLog = createRequestLog(level, { write: line => lines.push(JSON.parse(line)) })
  return { requestLog, lines }
}

const at = { requestId: 'r-1', appId: 'wx0000000000000001', userId: 'u-1' }
const events: readonly ServerEvent[] = [
  { type: 'request', requestId: 'r-1', method: 'POST', route: '/v1/phone', status: 200, durationMs: 1.2345 },
  { type: 'user-created', ...at },
  { type: 'login-recorded', ...at, loginId: 'l-1', keyKept: true },
  { type: 'phone-recorded', ...at, change: 'bound', source: 'phone-code', masked: '138******00' },
  { type: 'open-data-refused', requestId: 'r-1', appId: at.appId, loginId: 'l-1', burnt: true },
  { type: 'open-data-doubted', requestId: 'r-1', appId: at.appId, loginId: 'l-1', reason: 'unknown' },
  { type: 'session-rotated', requestId: 'r-1', sessionId: 's-1' },
  { type: 'session-ended', requestId: 'r-1', sessionId: 's-1', reason: 'logout' },
  {
    type: 'fault',
    requestId: 'r-1',
    code: 'upstream_unavailable',
    name: 'WechatFault',
    api: 'phoneByCode',
    frames: ['f'],
  },
]

test('every event is one line with its request id', () => {
  const { requestLog, lines } = log()
  for (const event of events) requestLog.server(event)
  expect(lines.map(line => line.msg)).toEqual(events.map(event => event.type))
  expect(lines.every(line => line.requestId === 'r-1' && typeof line.time === 'string')).toBe(true)
})

test('a field that nobody allowed is not written', () => {
  const { requestLog, lines } = log()
  for (const event of events) requestLog.server({ ...event, number: 'canary', code: 'canary', url: 'canary' } as never)
  const written = lines.map(line => JSON.stringify(line))
  expect(written.filter(line => line.includes('canary'))).toHaveLength(2) // `code` of a problem is allowed in two.
  expect(written.join()).not.toContain('138******00')
})

test('a request is logged with its route and rounded duration', () => {
  const { requestLog, lines } = log()
  if (events[0]) requestLog.server(events[0])
  expect(lines[0]).toMatchObject({ method: 'POST', route: '/v1/phone', status: 200, durationMs: 1.2 })
})

test('a call of WeChat that succeeds is quiet, one that fails is not', () => {
  const { requestLog, lines } = log('info')
  const call = { api: 'codeToSession', appId: at.appId, attempt: 1, durationMs: 3 }
  requestLog.upstream({ ...call, outcome: 'ok' })
  requestLog.upstream({ ...call, outcome: 'refused', errcode: 40164, rid: 'a-b-c' })
  expect(lines).toMatchObject([{ msg: 'wechat', errcode: 40164, rid: 'a-b-c', outcome: 'refused' }])
})

test('a Redis that goes away is one warning, and one line when it is back', () => {
  const { requestLog, lines } = log('info')
  requestLog.redis({ type: 'redis-away', reason: 'ECONNREFUSED' })
  requestLog.redis({ type: 'redis-back', awayMs: 1234.56 })
  expect(lines).toMatchObject([
    { level: 40, msg: 'redis-away', reason: 'ECONNREFUSED' },
    { level: 30, msg: 'redis-back', awayMs: 1234.6 },
  ])
})

test('background work that fails is named, its message is not written', () => {
  const { requestLog, lines } = log()
  requestLog.background('sweep', new TypeError('canary'))
  requestLog.background('sweep', 'canary')
  expect(lines).toMatchObject([
    { what: 'sweep', name: 'TypeError' },
    { what: 'sweep', name: 'string' },
  ])
  expect(JSON.stringify(lines)).not.toContain('canary')
})
