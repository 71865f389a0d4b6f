import {
  type AlarmsAnswer,
  type AuditLinesAnswer,
  adminRoutes,
  type ConsentCountsAnswer,
  type CostAnswer,
  type FunnelAnswer,
  type LatencyAnswer,
  type OperatorAppAnswer,
  type OperatorAppsAnswer,
  type OperatorJobsAnswer,
  type OperatorKeysAnswer,
  routes,
} from '@weapp-auth/protocol/contract'
import { describe, expect, test } from 'vitest'
import { appId, expectProblem, newNonce, openServer, otherAppId } from '../../test/open-server.ts'
import { createMemoryStore } from '../stores/memory/index.ts'

const hour = 3_600_000
const number = '+8613800138000'
const definition = { appId: 'wx00000000000000aa', secret: '0123456789abcdef0123456789abcdef' }
const app = adminRoutes.app.replace('{appId}', definition.appId)

describe('apps', () => {
  test('are added, changed and removed; secrets go in and never out', async () => {
    const { asOperator, store } = openServer()
    const admin = asOperator('admin')
    const push = { token: 'SecretToken1', encodingAesKey: 'k'.repeat(43) }
    const added = await admin.post<OperatorAppAnswer>(adminRoutes.apps, { ...definition, name: 'Coffee', push })
    expect(added.body.app).toMatchObject({
      appId: definition.appId,
      from: 'store',
      policy: { name: 'Coffee', openData: 'off', push: { encrypted: true, delayMs: 600_000 } },
    })
    expectProblem(await admin.post(adminRoutes.apps, definition), 409, 'app_taken')
    const { version } = added.body.app
    const changes = { openData: 'enforce', name: null, secret: 'f'.repeat(32) }
    const changed = await admin.send<OperatorAppAnswer>('PATCH', app, { changes, version })
    expect(changed.body.app.policy).toMatchObject({ openData: 'enforce', name: '' })
    expect(changed.body.app.secretDigest).not.toBe(added.body.app.secretDigest)
    expectProblem(await admin.send('PATCH', app, { changes, version }), 409, 'app_changed')
    const listed = await asOperator('viewer').get<OperatorAppsAnswer>(adminRoutes.apps)
    expect(listed.body.apps.map(one => one.from)).toEqual(['options', 'options', 'store'])
    for (const { text } of [added, changed, listed])
      expect(text).not.toMatch(/0123456789abcdef|f{32}|SecretToken1|k{43}/)
    expect((await admin.send('DELETE', app)).status).toBe(204)
    expectProblem(await admin.send('DELETE', app), 400, 'app_unknown')
    const lines = await store.auditAfter(0, 10)
    expect(lines.map(({ act, details }) => [act, JSON.parse(details).by])).toEqual([
      ['app-added', 'admin-lin'],
      ['app-changed', 'admin-lin'],
      ['app-removed', 'admin-lin'],
    ])
  })

  test('of the options stay as they are', async () => {
    const admin = openServer().asOperator('admin')
    const fixed = adminRoutes.app.replace('{appId}', appId)
    expectProblem(await admin.send('PATCH', fixed, { changes: { name: 'x' } }), 409, 'app_fixed')
    expectProblem(await admin.send('DELETE', fixed), 409, 'app_fixed')
  })

  test.each([
    [{ ...definition, secret: 'short' }, 'secret'],
    [{ appId: definition.appId }, 'secret'],
    [{ ...definition, component: 'wx00000000000000c1' }, 'secret'],
    [{ ...definition, openData: 'sometimes' }, 'openData'],
    [{ ...definition, sms: 'on' }, 'sms'],
    [{ ...definition, legacy: { formats: ['000'] } }, 'openData'],
    [{ ...definition, push: { token: 'AAAAA', color: 'red' } }, 'push.color'],
    [{ ...definition, smsCountries: [] }, 'smsCountries'],
  ])('%o is refused by the name of its field', async (body, field) => {
    const { body: problem } = await openServer().asOperator('admin').post(adminRoutes.apps, body)
    expect(problem).toMatchObject({ code: 'request_invalid', field })
    expect(problem.detail).toMatch(new RegExp(`^"${field}" \\S`))
  })
})

describe('the audit log', () => {
  test('is read the newest first, page by page', async () => {
    const { asOperator, store, time } = openServer()
    for (let count = 0; count < 5; count += 1)
      await store.appendAudit({
        ...{ at: time.now, actor: 'server', act: 'tested', appId: null, subject: null, details: { count } },
      })
    const viewer = asOperator('viewer')
    const first = await viewer.get<AuditLinesAnswer>(`${adminRoutes.audit}?limit=3`)
    expect(first.body.lines.map(({ seq }) => seq)).toEqual([5, 4, 3])
    expect(first.body.lines[0]?.details).toEqual({ count: 4 })
    const rest = await viewer.get<AuditLinesAnswer>(`${adminRoutes.audit}?limit=3&after=${first.body.next}`)
    expect(rest.body.lines.map(({ seq }) => seq)).toEqual([2, 1])
    expect(rest.body.next).toBeNull()
    const nobody = await viewer.get<AuditLinesAnswer>(`${adminRoutes.audit}?subject=nobody`)
    expect(nobody.body).toEqual({ lines: [], next: null })
  })

  test('is checked in parts of bounded length, each from where the last one ended', async () => {
    const { asOperator, store, time } = openServer()
    for (let count = 0; count < 5001; count += 1)
      await store.appendAudit({ at: time.now, actor: 'server', act: 'tested', appId: null, subject: null, details: {} })
    const viewer = asOperator('viewer')
    type Verdict = { status: string; head: { seq: number; hash: string } }
    const first = await viewer.get<Verdict>(adminRoutes.auditVerification)
    expect(first.body).toMatchObject({ status: 'unfinished', head: { seq: 5000 } })
    const { seq, hash } = first.body.head
    const from = `${adminRoutes.auditVerification}?seq=${seq}&hash=`
    expect((await viewer.get<Verdict>(from + hash)).body).toMatchObject({ status: 'intact', head: { seq: 5001 } })
    expect((await viewer.get(from + 'f'.repeat(64))).body).toEqual({ status: 'broken', seq, flaw: 'not-anchored' })
    expectProblem(await viewer.get(`${adminRoutes.auditVerification}?seq=1`), 400, 'request_invalid')
  })
})

test('keys are told by name and state, with what only a former one opens, and never themselves', async () => {
  const { asOperator, keys, logIn } = openServer()
  await logIn()
  const { body, text } = await asOperator('viewer').get<OperatorKeysAnswer>(adminRoutes.keys)
  expect(body.keys.map(({ kind, use, left }) => ({ kind, use, left }))).toEqual([
    { kind: 'root', use: 'current', left: null },
    { kind: 'signing', use: 'current', left: null },
  ])
  for (const { secret } of [...keys.root.keys, ...keys.signing])
    for (const form of ['hex', 'base64', 'base64url'] as const)
      expect(text).not.toContain(Buffer.from(secret).toString(form))
})

test('jobs wait or are done, page by page', async () => {
  const { asOperator, store, time, server } = openServer()
  const ids = ['1', '2', '3'].map(digit => `00000000-0000-7000-8000-00000000000${digit}`)
  for (const [index, id] of ids.entries())
    await store.addJob({
      ...{ id, kind: 'account-cancelled', appId, sealed: Uint8Array.of(1, 2), eventAt: time.now },
      ...{ event: Buffer.from(`event ${id}`), stamp: Buffer.from(`stamp ${id}`), dueAt: time.now + 1000 + index },
    })
  const viewer = asOperator('viewer')
  const waiting = await viewer.get<OperatorJobsAnswer>(`${adminRoutes.jobs}?limit=2`)
  expect(waiting.body.jobs.map(({ id }) => id)).toEqual(ids.slice(0, 2))
  const rest = await viewer.get<OperatorJobsAnswer>(`${adminRoutes.jobs}?limit=2&after=${waiting.body.next}`)
  expect(rest.body).toMatchObject({ jobs: [{ id: ids[2], attempts: 0, doneAt: null, auditSeq: null }], next: null })
  time.now += 2000
  const job = await store.takeJob({ now: time.now, holder: 'h', until: time.now + 1000 })
  const audit = { at: time.now, actor: 'wechat', act: 'account-cancelled', appId, subject: null, details: {} } as const
  await store.settleJob({ now: time.now, jobId: job?.id ?? '', holder: 'h', erase: null, audit })
  const done = await viewer.get<OperatorJobsAnswer>(`${adminRoutes.jobs}?which=done`)
  expect(done.body).toMatchObject({ jobs: [{ id: ids[0], dueAt: null, auditSeq: 1 }], next: null })
  await server.close()
})

/** An hour of the shop: three logins, one of them refused, a number, and one code that was spent. */
async function day(store = createMemoryStore()) {
  const server = openServer({ store, phonePrice: 0.03, policy: { phoneBudget: 100 } })
  const lin = await server.logIn('openid-of-lin')
  await server.logIn('openid-of-mo', { appId: otherAppId })
  await server.post(routes.login, { appId, code: 'never-issued', nonce: newNonce() })
  await server.post(routes.login, { appId: 'wx-of-nobody', code: 'never-issued', nonce: newNonce() })
  const body = { code: server.wechat.phoneCode(lin.person, number), nonce: newNonce() }
  await server.phone(body, lin.token)
  await server.phone(body, lin.token)
  await server.phone({ ...body, nonce: newNonce() }, lin.token)
  server.wechat.failNext('phoneByCode', 'limited')
  await server.phone({ code: server.wechat.phoneCode(lin.person, number), nonce: newNonce() }, lin.token)
  const consent = { scope: 'phone', version: 'v1', nonce: newNonce() }
  await server.post(routes.consents, consent, lin.token)
  server.pass(1)
  await server.post(routes.consents, consent, lin.token)
  return { ...server, viewer: server.asOperator('viewer') }
}

describe('funnel and cost', () => {
  test('count logins and numbers, refusals by code, and what WeChat answered', async () => {
    const { viewer, server } = await day()
    await server.work()
    const { body } = await viewer.get<FunnelAnswer>(adminRoutes.funnel)
    expect(body.unit).toBe('hour')
    expect(body.total).toEqual({
      logins: 2,
      newUsers: 2,
      loginsRefused: { code_invalid: 1 },
      phones: { 'phone-code': 1 },
      phonesRefused: { 'phone-code phone_code_consumed': 1, 'phone-code upstream_limited': 1 },
      wechat: {
        'codeToSession code-invalid': 1,
        'codeToSession ok': 2,
        'phoneByCode limited': 1,
        'phoneByCode ok': 1,
      },
      tokensRenewed: 0,
      tokensLost: 0,
    })
    expect(body.steps).toHaveLength(1)
    const other = await viewer.get<FunnelAnswer>(`${adminRoutes.funnel}?app=${otherAppId}`)
    expect(other.body.total).toMatchObject({ logins: 1, phones: {}, loginsRefused: {} })
  })

  test('what phones told of their buttons is added up, and absent when none did', async () => {
    const { viewer, server, post } = await day()
    await server.work()
    const read = async (of = '') => (await viewer.get<FunnelAnswer>(adminRoutes.funnel + of)).body
    expect((await read()).total).not.toHaveProperty('client')
    const first = { shown: 3, tapped: 2, firstTapped: 2, agreed: 1, declined: 1, bound: 1, firstBound: 1 }
    expect(await post(routes.steps, { appId, steps: first })).toMatchObject({ status: 204, text: '' })
    expect((await post(routes.steps, { appId, steps: { shown: 1, quota: 0 } })).status).toBe(204)
    expect((await post(routes.steps, { appId: otherAppId, steps: { tapped: 1000, privacy: 1 } })).status).toBe(204)
    await server.work()
    const { total, steps } = await read(`?app=${appId}`)
    expect(total.client).toEqual({
      ...{ shown: 4, tapped: 2, agreed: 1, declined: { declined: 1 }, bound: 1 },
      ...{ firstTapped: 2, firstBound: 1, firstTapShare: 0.5 },
    })
    expect(steps.map(({ client }) => client?.shown)).toEqual([4])
    expect((await read()).total.client).toMatchObject({ tapped: 1002, declined: { declined: 1, privacy: 1 } })
    expect((await read(`?app=${otherAppId}`)).total.client).toMatchObject({ shown: 0, firstTapShare: null })
  })

  test.each([
    [{ appId, steps: { shown: 1001 } }, 'steps.shown'],
    [{ appId, steps: { shown: -1 } }, 'steps.shown'],
    [{ appId, steps: { shown: 0.5 } }, 'steps.shown'],
    [{ appId, steps: { '13812345678': 1 } }, undefined],
    [{ appId, steps: {}, user: 'lin' }, undefined],
    [{ appId }, 'steps'],
  ])('the steps %o are refused', async (body, field) => {
    const { post, server, asOperator } = openServer()
    const answer = await post(routes.steps, body)
    expectProblem(answer, 400, 'request_invalid')
    if (field) expect(answer.body).toMatchObject({ field: expect.stringContaining(field) })
    await server.work()
    const { body: told } = await asOperator('viewer').get<FunnelAnswer>(adminRoutes.funnel)
    expect(told.steps).toEqual([])
  })

  test('steps of an app that nobody serves are refused', async () => {
    const { post } = openServer()
    expectProblem(await post(routes.steps, { appId: 'wx-of-nobody', steps: { shown: 1 } }), 400, 'app_unknown')
  })

  test('tell what was paid, today against the ceiling, and a month like this', async () => {
    const { viewer, server } = await day()
    await server.work()
    const { body } = await viewer.get<CostAnswer>(adminRoutes.cost)
    expect(body).toMatchObject({ price: 0.03, paidPhones: 1, amount: 0.03, messages: 0 })
    expect(body.monthly).toBeGreaterThan(0.8)
    expect(body.apps).toEqual([
      { appId, paidPhones: 1, messages: 0, amount: 0.03, today: 1, budget: 100 },
      { appId: otherAppId, paidPhones: 0, messages: 0, amount: 0, today: 0, budget: 100 },
    ])
  })

  test('consents are counted by scope and version, a repeat not again', async () => {
    const { viewer, server, logIn, send } = await day()
    const { token } = await logIn('openid-of-lin')
    const headers = { authorization: `Bearer ${token}` }
    await send(routes.consent.replace('{scope}', 'phone'), { method: 'DELETE', headers })
    await server.work()
    const { body } = await viewer.get<ConsentCountsAnswer>(adminRoutes.consents)
    expect(body.consents).toEqual([{ appId, scope: 'phone', version: 'v1', given: 1, withdrawn: 1 }])
  })

  test('outlive the process, add up over processes, and go after 400 days', async () => {
    const store = createMemoryStore()
    const first = await day(store)
    await first.server.close()
    const second = openServer({ beside: first })
    await second.logIn('openid-of-lin')
    await second.server.work()
    const path = `${adminRoutes.funnel}?from=2027-01-01T00:00:00Z&to=2028-01-01T00:00:00Z`
    const read = async () => (await second.asOperator('viewer').get<FunnelAnswer>(path)).body
    expect(await read()).toMatchObject({
      unit: 'day',
      total: { logins: 3 },
      steps: [{ at: '2027-01-14T16:00:00.000Z' }],
    })
    second.pass(401 * 24 * 3_600_000)
    await second.server.sweep()
    expect((await read()).steps).toEqual([])
  })

  test('what the store could not take is written the next time', async () => {
    const store = createMemoryStore()
    const { addTallies } = store
    let broken = true
    store.addTallies = async tallies => {
      if (broken) throw new Error('not today')
      return addTallies(tallies)
    }
    const { viewer, server } = await day(store)
    await expect(server.work()).rejects.toThrow('not today')
    broken = false
    await server.work()
    await server.work()
    expect((await viewer.get<FunnelAnswer>(adminRoutes.funnel)).body.total.logins).toBe(2)
  })

  test('a token that somebody else renewed, a silent WeChat and a spent budget are alarms', async () => {
    const { viewer, server, wechat, pass, events, store, time } = await day()
    const ask = async () => (await viewer.get<AlarmsAnswer>(adminRoutes.alarms)).body.alarms
    expect(await ask()).toEqual([])
    const [follower] = wechat.followers
    const token = { appId, generation: 4, leftMs: 6_000_000 }
    follower?.token?.({ type: 'renewed', ...token })
    follower?.token?.({ type: 'lost', ...token })
    follower?.token?.({ type: 'lost', ...token, appId: 'wx-of-a-platform' })
    follower?.breaker?.({ appId: otherAppId, state: 'open' })
    await server.work()
    expect(await ask()).toEqual([
      { kind: 'wechat-away', appId: otherAppId },
      { kind: 'token-lost', appId, count: 1 },
    ])
    const { body } = await viewer.get<FunnelAnswer>(adminRoutes.funnel)
    expect(body.total).toMatchObject({ tokensRenewed: 1, tokensLost: 1 })
    expect(events.filter(({ type }) => type === 'access-token-lost')).toHaveLength(2)
    follower?.breaker?.({ appId: otherAppId, state: 'closed' })
    pass(26 * hour)
    expect(await ask()).toEqual([])
    const today = { unit: 'day', at: time.now - (time.now % hour), appId, name: 'phone-paid' } as const
    await store.addTallies([{ ...today, count: 79 }])
    expect(await ask()).toEqual([])
    await store.addTallies([{ ...today, count: 1 }])
    expect(await ask()).toEqual([{ kind: 'budget', appId, used: 80, budget: 100 }])
  })

  test('tell how long routes and calls of WeChat took, by app where one is named', async () => {
    const { viewer, server, wechat, pass } = await day()
    const [follower] = wechat.followers
    for (const durationMs of [80, 80, 80, 900]) follower?.request?.({ api: 'codeToSession', appId, durationMs })
    pass(60_000)
    await server.work()
    const { body } = await viewer.get<LatencyAnswer>(adminRoutes.latency)
    expect(body.total.own['POST /v1/login']).toEqual({ count: 4, p50: 0.5, p95: 0.5, p99: 0.5 })
    const { count, p50, p99 } = body.total.wechat.codeToSession ?? { count: 0, p50: 0, p99: 0 }
    expect(count).toBe(4)
    expect(Math.abs(p50 - 80) / 80).toBeLessThan(0.123)
    expect(Math.abs(p99 - 900) / 900).toBeLessThan(0.123)
    expect(body.steps.map(({ wechat }) => wechat)).toEqual([body.total.wechat])
    expect(Object.keys(body.total.own).some(name => name.includes('/admin/'))).toBe(false)
    const other = await viewer.get<LatencyAnswer>(`${adminRoutes.latency}?app=${otherAppId}`)
    expect(other.body.total).toMatchObject({ own: { 'POST /v1/login': { count: 1 } }, wechat: {} })
    await server.close()
    expect(wechat.followers.size).toBe(0)
  })

  test.each([
    ['from=2027-01-02T00:00:00Z&to=2027-01-01T00:00:00Z', 'from'],
    ['from=2020-01-01T00:00:00Z&to=2027-01-01T00:00:00Z', 'from'],
    ['from=yesterday', 'from'],
    ['app=no%20app', 'app'],
  ])('a time that cannot be told is refused: %s', async (query, field) => {
    const { body } = await openServer().asOperator('viewer').get(`${adminRoutes.cost}?${query}`)
    expect(body).toMatchObject({ code: 'request_invalid', field })
  })
})
