import { WechatFault } from '@weapp-auth/protocol/wechat'
import { describe, expect, test } from 'vitest'
import { createIds } from '../domain/ids.ts'
import { limits } from '../domain/limits.ts'
import type { ServerEvent } from '../ports/observer.ts'
import { StorageFault } from '../ports/store.ts'
import type { RequestTrace } from '../ports/trace-store.ts'
import type { WechatPlatform } from '../ports/wechat-platform.ts'
import { createMemoryStore } from '../stores/memory/index.ts'
import { createKeepTraces, type TraceKeeping } from './keep-traces.ts'

const appId = 'wx0000000000000001'
const rid = '6129ee10-272863a4-64d75414'

function open(keeping: TraceKeeping = 'on') {
  const time = { now: 1_800_000_000_000 }
  const clock = { now: () => time.now }
  const store = createMemoryStore()
  const writes: (readonly RequestTrace[])[] = []
  const faults: Error[] = []
  const newId = createIds({ clock, random: { bytes: length => crypto.getRandomValues(new Uint8Array(length)) } })
  const traces = createKeepTraces({
    store: {
      ...store,
      async addTraces(rows) {
        const fault = faults.shift()
        if (fault) throw fault
        writes.push(rows)
        await store.addTraces(rows)
      },
    },
    clock,
    newId,
    keeping,
  })
  const request = (requestId: string, more: Partial<Extract<ServerEvent, { type: 'request' }>> = {}) =>
    traces.note({ type: 'request', requestId, method: 'POST', route: '/v1/login', status: 401, durationMs: 9, ...more })
  const kept = async (requestId: string) => store.tracesOf({ by: 'request', value: requestId })
  const written = () => writes.flat().length
  return { time, traces, request, kept, writes, written, faults }
}

function platform(codeToSession: WechatPlatform['codeToSession']): WechatPlatform {
  const never = () => Promise.reject(new Error('not asked'))
  return { codeToSession, phoneByCode: never, checkEncryptedData: never, accessToken: never }
}

describe('the story of a request', () => {
  test('has a step for each call of WeChat and each event, with times, errcode and rid, and names nothing else', async () => {
    const { time, traces, request, kept } = open()
    const wechat = traces.watch(
      platform(async () => {
        time.now += 40
        return { status: 'code-used', said: { errcode: 40163, rid } }
      }),
    )
    time.now += 5
    await wechat.codeToSession({ appId, code: 'secret code', requestId: 'r-1' })
    traces.note({ type: 'login-refused', requestId: 'r-1', appId, code: 'code_consumed' })
    request('r-1', { code: 'code_consumed', durationMs: 45 })
    await traces.flush()
    const [trace] = await kept('r-1')
    const facts = { api: 'codeToSession', outcome: 'code-used', tookMs: 40, errcode: 40163, rid }
    expect(trace).toMatchObject({ appId, userId: null, status: 401, code: 'code_consumed', errcode: 40163, rid })
    expect(trace?.steps).toEqual([
      { afterMs: 45, type: 'wechat', facts },
      { afterMs: 45, type: 'login-refused', facts: { code: 'code_consumed' } },
    ])
    expect(trace?.until).toBe(time.now + limits.failedTrace)
    expect(JSON.stringify(trace)).not.toContain('secret')
  })

  test('tells a fault of WeChat once, by the call that failed, and passes it on', async () => {
    const { traces, request, kept } = open()
    const fault = new WechatFault('limited', { api: 'accessToken', errcode: 45011, rid })
    const wechat = traces.watch(platform(() => Promise.reject(fault)))
    await expect(wechat.codeToSession({ appId, code: 'c', requestId: 'r-1' })).rejects.toBe(fault)
    const told = { requestId: 'r-1', code: 'upstream_limited', name: 'WechatFault', frames: [] } as const
    traces.note({ type: 'fault', ...told, api: 'accessToken', errcode: 45011, rid })
    request('r-1', { status: 503, code: 'upstream_limited' })
    await traces.flush()
    const [trace] = await kept('r-1')
    expect(trace?.steps.map(({ type, facts }) => [type, facts.api, facts.outcome])).toEqual([
      ['wechat', 'accessToken', 'limited'],
    ])
    expect(trace).toMatchObject({ errcode: 45011, rid })
  })

  test('keeps no number, not even a masked one', async () => {
    const { traces, request, kept } = open()
    const facts = { requestId: 'r-1', appId, userId: 'u-1', masked: '138****8000' }
    traces.note({ type: 'phone-recorded', ...facts, change: 'bound', source: 'phone-code' })
    request('r-1', { route: '/v1/phone', status: 200 })
    await traces.flush()
    const [trace] = await kept('r-1')
    expect(trace?.steps).toEqual([
      { afterMs: 9, type: 'phone-recorded', facts: { change: 'bound', source: 'phone-code' } },
    ])
    expect(JSON.stringify(trace)).not.toContain('138')
  })
})

describe('what is kept', () => {
  test('is every failure, and of the rest a few between two writes, for a day', async () => {
    const { time, traces, request, written, writes } = open()
    for (let index = 0; index < 100; index += 1) {
      const requestId = `fine-${index}`
      traces.note({ type: 'session-rotated', requestId, sessionId: 's' })
      request(requestId, { route: '/v1/token', status: 200 })
      request(`failed-${index}`)
    }
    expect(writes).toEqual([])
    await traces.flush()
    expect(written()).toBe(120)
    expect(writes.map(({ length }) => length)).toEqual([50, 50, 20])
    const fine = writes.flat().filter(({ status }) => status === 200)
    expect(fine.map(({ until }) => until)).toEqual(Array(20).fill(time.now + limits.fineTrace))
    await traces.flush()
    expect(written()).toBe(120)
  })

  test('is only failures when told so', async () => {
    const { traces, request, written } = open('failures')
    traces.note({ type: 'session-rotated', requestId: 'fine', sessionId: 's' })
    request('fine', { status: 200 })
    request('failed')
    await traces.flush()
    expect(written()).toBe(1)
  })

  test('is nothing that everyday reading, strangers and operators leave behind, unless something broke', async () => {
    const { traces, request, written, kept } = open()
    request('read', { method: 'GET', route: '/v1/me' })
    request('stranger', { route: '(unknown)', status: 404 })
    request('operator', { route: '/admin/v1/users/search', status: 403 })
    request('health', { method: 'GET', route: '/healthz', status: 200 })
    expect(written()).toBe(0)
    traces.note({ type: 'fault', requestId: 'broken', code: 'internal_error', name: 'TypeError', frames: [] })
    request('broken', { method: 'GET', route: '/v1/me', status: 500, code: 'internal_error' })
    await traces.flush()
    expect(written()).toBe(1)
    expect((await kept('broken'))[0]?.steps).toMatchObject([{ type: 'fault', facts: { name: 'TypeError' } }])
  })

  test('has an end: who fails on purpose fills no disk and hides nobody', async () => {
    const { time, traces, request, written } = open()
    for (let round = 0; round < 6; round += 1) {
      for (let index = 0; index < 500; index += 1) request(`r-${round}-${index}`, { code: 'code_invalid' })
      request(`other-${round}`, { code: 'request_invalid' })
      await traces.flush()
    }
    expect(written()).toBe(1006)
    time.now += 3_600_000
    request('next hour', { code: 'code_invalid' })
    await traces.flush()
    expect(written()).toBe(1007)
  })

  test('is there for whoever asked to write, also when others are writing it', async () => {
    const { traces, request, written } = open()
    request('r-1')
    const first = traces.flush()
    await traces.flush()
    expect(written()).toBe(1)
    await first
  })

  test('waits for the next time when the store is away, up to a bound', async () => {
    const { traces, request, written, faults } = open()
    for (let index = 0; index < 3000; index += 1)
      request(`r-${index}`, { code: 'code_invalid', route: `/v1/${index % 9}` })
    faults.push(new StorageFault('busy'))
    await expect(traces.flush()).rejects.toThrow(StorageFault)
    expect(written()).toBe(0)
    await traces.flush()
    expect(written()).toBe(2000)
  })
})
