import { WechatFault } from '@weapp-auth/protocol/wechat'
import { expect, test } from 'vitest'
import { createFakeWechat } from '../../test/fake-wechat.ts'
import { createMemoryStore } from '../stores/memory/index.ts'
import { createKeepTallies } from './keep-tallies.ts'

const now = Date.parse('2026-11-21T17:30:00Z')
const appId = 'wx0000000000000001'
const shared = { requestId: 'r', appId, userId: 'u' }

test('counts by the hour, and by the day of Beijing', async () => {
  const store = createMemoryStore()
  const { note, flush } = createKeepTallies({ store, clock: { now: () => now } })
  note({ type: 'user-created', ...shared })
  note({ type: 'user-created', ...shared })
  note({ type: 'session-rotated', requestId: 'r', sessionId: 's' })
  await flush()
  await flush()
  const read = async (unit: 'hour' | 'day') =>
    (await store.talliesOf({ unit, from: 0, to: 2 * now, appId: null, kind: 'counts' })).map(({ at, name, count }) => [
      new Date(at).toISOString(),
      name,
      count,
    ])
  expect(await read('hour')).toEqual([['2026-11-21T17:00:00.000Z', 'user-new', 2]])
  expect(await read('day')).toEqual([['2026-11-21T16:00:00.000Z', 'user-new', 2]])
})

test('names that somebody invents do not fill the table', async () => {
  const store = createMemoryStore()
  const { note, flush } = createKeepTallies({ store, clock: { now: () => now } })
  for (let version = 0; version < 2000; version += 1)
    note({
      ...{ type: 'consent-recorded', ...shared, scope: 'phone', status: 'given' },
      ...{ version: `v${version}`, repeated: false },
    })
  await flush()
  const tallies = await store.talliesOf({ unit: 'hour', from: 0, to: 2 * now, appId, kind: 'counts' })
  expect(tallies).toHaveLength(501)
  expect(tallies.find(({ name }) => name === 'other')?.count).toBe(1500)
})

test('what WeChat answers is counted by call, outcome and errcode, and is handed on as it was', async () => {
  const store = createMemoryStore()
  const clock = { now: () => now }
  const wechat = createFakeWechat(clock)
  const { watch, flush } = createKeepTallies({ store, clock })
  const watched = watch(wechat.platform)
  const code = wechat.loginCode({ appId, openId: 'o' })
  expect(await watched.codeToSession({ appId, code })).toMatchObject({ status: 'ok' })
  const fault = new WechatFault('misconfigured', { api: 'codeToSession', errcode: 40125 })
  wechat.platform.codeToSession = () => Promise.reject(fault)
  await expect(watched.codeToSession({ appId, code })).rejects.toBe(fault)
  wechat.platform.codeToSession = async () => ({ status: 'code-used', said: { errcode: 40163 } })
  expect(await watched.codeToSession({ appId, code })).toMatchObject({ status: 'code-used' })
  await flush()
  const tallies = await store.talliesOf({ unit: 'hour', from: 0, to: 2 * now, appId, kind: 'counts' })
  expect(tallies.map(({ name }) => name)).toEqual([
    'wechat codeToSession code-used 40163',
    'wechat codeToSession misconfigured 40125',
    'wechat codeToSession ok',
  ])
})
