import { adminRoutes, routes } from '@weapp-auth/protocol/contract'
import { expect, test } from 'vitest'
import type { TallyStore } from '../ports/tally-store.ts'
import { createMemoryStore } from '../stores/memory/index.ts'
import { createKeepLatencies } from './keep-latencies.ts'

const appId = 'wx0000000000000001'
const login = { method: 'POST', route: routes.login, appId, durationMs: 10 }

function open() {
  const time = { now: Date.parse('2026-11-21T17:30:00Z') }
  const store = createMemoryStore()
  const clock = { now: () => time.now }
  const keep = createKeepLatencies({ store, apps: new Set([appId]), clock })
  const ask: Omit<Parameters<TallyStore['talliesOf']>[0], 'unit'> = { from: 0, to: 2e12, appId: null, kind: 'times' }
  const rows = async (unit: 'hour' | 'day') =>
    (await store.talliesOf({ ...ask, unit })).map(row => [row.appId, row.name, row.count])
  return { time, store, ...keep, rows }
}

test('times add up in memory and are written once a minute, by the hour and by the day', async () => {
  const { own, wechat, flush, rows, time } = open()
  own(login)
  own(login)
  own({ ...login, durationMs: 1000 })
  await flush()
  expect(await rows('hour')).toEqual([])
  time.now += 60_000
  wechat({ api: 'codeToSession', appId, durationMs: 0.2 })
  await flush()
  await flush('now')
  const expected = [
    [appId, 'time own POST /v1/login 10', 2],
    [appId, 'time own POST /v1/login 30', 1],
    [appId, 'time wechat codeToSession 0', 1],
  ]
  expect(await rows('hour')).toEqual(expected)
  expect(await rows('day')).toEqual(expected)
})

test('an app that nobody serves, and a route of no app, are counted without a name', async () => {
  const { own, flush, rows } = open()
  own({ ...login, appId: 'wx-somebody-invented' })
  own({ method: 'GET', route: routes.me, durationMs: 1 })
  await flush('now')
  expect(await rows('hour')).toEqual([
    ['-', 'time own GET /v1/me 1', 1],
    ['-', 'time own POST /v1/login 10', 1],
  ])
})

test('probes, operators, unknown paths and invented methods are not counted', async () => {
  const { own, flush, rows } = open()
  for (const route of [routes.health, routes.ready, routes.metrics, adminRoutes.users, '(unknown)'])
    own({ method: 'GET', route, durationMs: 1 })
  own({ ...login, method: 'BREW' })
  await flush('now')
  expect(await rows('day')).toEqual([])
})

test('what the store could not take is written the next time, with what came meanwhile', async () => {
  const { own, flush, rows, store } = open()
  const { addTallies } = store
  own(login)
  store.addTallies = async () => {
    own(login)
    throw new Error('not today')
  }
  await expect(flush('now')).rejects.toThrow('not today')
  store.addTallies = addTallies
  await flush('now')
  expect(await rows('hour')).toEqual([[appId, 'time own POST /v1/login 10', 2]])
})
