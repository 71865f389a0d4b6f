import type { LatencyAnswer } from '@weapp-auth/protocol/contract'
import { expect, test } from 'vitest'
import { latencyRows, latencySeries } from './latency.ts'

const me = { count: 1000, p50: 1, p95: 2, p99: 4 }
const login = { count: 50, p50: 90, p95: 300, p99: 900 }
const answer: LatencyAnswer = {
  unit: 'hour',
  from: '2026-11-21T00:00:00.000Z',
  to: '2026-11-21T02:00:00.000Z',
  total: { own: { 'GET /v1/me': me, 'POST /v1/login': login }, wechat: { codeToSession: { ...login, count: 60 } } },
  steps: [
    { at: '2026-11-21T00:00:00.000Z', own: { 'POST /v1/login': login }, wechat: {} },
    { at: '2026-11-21T01:00:00.000Z', own: { 'GET /v1/me': me }, wechat: {} },
  ],
}

test('what takes most of the time stands first', () => {
  expect(latencyRows(answer).map(({ id }) => id)).toEqual([
    'wechat codeToSession',
    'own POST /v1/login',
    'own GET /v1/me',
  ])
})

test('its percentiles over time have gaps where nothing was measured', () => {
  const [, row] = latencyRows(answer)
  expect(row && latencySeries(answer, row).map(({ values }) => values)).toEqual([
    [90, null],
    [300, null],
    [900, null],
  ])
})
