import { readFile } from 'node:fs/promises'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { appId, expectProblem, openServer } from '../../test/open-server.ts'
import { createMetrics } from './metrics.ts'

const token = 'only-for-the-test-0123456789'

test('logins, phones and requests are counted under their routes', async () => {
  const metrics = createMetrics()
  const use = openServer({ observe: metrics.server, metrics: { read: metrics.read } })
  const { token, person } = await use.logIn()
  await use.phone({ code: use.wechat.phoneCode(person, '+8613800138000'), nonce: 'nonce-nonce-nonce' }, token)
  await use.get('/v1/nothing')
  const { text, headers } = await use.send<string>('/metrics')
  expect(headers.get('content-type')).toMatch('text/plain')
  expect(text).toContain(`weapp_auth_logins_total{app="${appId}"} 1`)
  expect(text).toContain(`weapp_auth_users_created_total{app="${appId}"} 1`)
  expect(text).toContain(`weapp_auth_phones_total{app="${appId}",source="phone-code",change="bound"} 1`)
  expect(text).toContain('weapp_auth_requests_total{route="/v1/login",method="POST",status="200",code=""} 1')
  expect(text).toContain('route="(unknown)",method="GET",status="404",code="route_unknown"} 1')
  expect(text).toContain('weapp_auth_request_seconds_count{route="/v1/phone"} 1')
  expect(text).toContain('nodejs_eventloop_lag_seconds')
  expect(text).not.toMatch(/13800138000|openid-of/)
})

test('WeChat and the store are measured', async () => {
  const { upstream, commit, read } = createMetrics({ registry: new Registry() })
  upstream({ api: 'phoneByCode', appId, durationMs: 80, outcome: 'refused', errcode: 40029, rid: 'r' })
  upstream({ api: 'accessToken', appId, durationMs: 30, outcome: 'ok' })
  commit({ steps: 16, waitedMs: 1, tookMs: 4 })
  const { text } = await read()
  expect(text).toContain(`{app="${appId}",api="phoneByCode",outcome="refused",errcode="40029"} 1`)
  expect(text).toContain(`weapp_auth_wechat_tokens_total{app="${appId}"} 1`)
  expect(text).toContain('weapp_auth_store_steps_total 16')
  expect(text).toContain('weapp_auth_store_commit_seconds_bucket{le="0.005"} 1')
  expect(text).not.toContain('nodejs_')
})

test('a Redis that is away is shown until it is back, and counted by the reason', async () => {
  const { redis, read } = createMetrics({ registry: new Registry() })
  const away = async () => /^weapp_auth_redis_away (\d)$/m.exec((await read()).text)?.[1]
  expect(await away()).toBe('0')
  redis({ type: 'redis-away', reason: 'timeout' })
  expect(await away()).toBe('1')
  redis({ type: 'redis-back' })
  expect(await away()).toBe('0')
  expect((await read()).text).toContain('weapp_auth_redis_losses_total{reason="timeout"} 1')
})

test('messages of WeChat and the jobs they leave are counted by what came of them', async () => {
  const { server, read } = createMetrics({ registry: new Registry() })
  const push = { requestId: 'r', appId }
  const event = 'authorization-revoked'
  server({ type: 'push-received', ...push, event, repeated: false })
  for (const _ of [1, 2]) server({ type: 'push-received', ...push, event, repeated: true })
  server({ type: 'push-ignored', ...push, reason: 'plugin' })
  server({ type: 'push-refused', ...push, reason: 'signature' })
  const job = { jobId: 'j', appId, kind: event }
  server({ type: 'job-failed', ...job, attempts: 1, retryInMs: 60_000, name: 'StorageFault' })
  const erased = { accounts: 0, phones: 1, nicknames: 0, avatars: 0, withdrawals: 1 }
  server({ type: 'job-done', ...job, userId: 'u-secret', revoked: ['phone'], erased, auditSeq: 1 })
  const { text } = await read()
  for (const line of [
    `push_total{app="${appId}",status="received",reason="${event}"} 1`,
    `push_total{app="${appId}",status="repeated",reason="${event}"} 2`,
    `push_total{app="${appId}",status="ignored",reason="plugin"} 1`,
    `push_total{app="${appId}",status="refused",reason="signature"} 1`,
    `jobs_total{app="${appId}",kind="${event}",status="failed"} 1`,
    `jobs_total{app="${appId}",kind="${event}",status="done"} 1`,
  ])
    expect(text).toContain(`weapp_auth_${line}`)
  expect(text).not.toContain('u-secret')
})

test('a made-up method is no series of its own', async () => {
  const { server, read } = createMetrics()
  const event = { type: 'request', requestId: '', route: '/healthz', status: 405, durationMs: 1 } as const
  server({ ...event, method: 'BREW' })
  expect((await read()).text).toContain('method="other",status="405"')
})

test('with a token only its holder may read', async () => {
  const { read } = createMetrics()
  const use = openServer({ metrics: { read, token } })
  const ask = (headers: Readonly<Record<string, string>>) => use.send('/metrics', { headers })
  expectProblem(await ask({}), 401, 'token_missing')
  expectProblem(await ask({ authorization: 'Bearer wrong' }), 401, 'token_invalid')
  expect((await ask({ authorization: `Bearer ${token}` })).text).toContain('weapp_auth_logins_total')
  expect(() => openServer({ metrics: { read, token: 'short' } })).toThrow('"metrics.token"')
})

test('without metrics there is no such route', async () => {
  expectProblem(await openServer().get('/metrics'), 404, 'route_unknown')
})

test('the dashboard shows every metric, and none that is not there', async () => {
  const file = new URL('../../../../deploy/grafana/weapp-auth.json', import.meta.url)
  const shown = new Set((await readFile(file, 'utf8')).match(/weapp_auth_\w+/g)?.map(plain))
  const registry = new Registry()
  createMetrics({ registry })
  expect([...shown].sort()).toEqual(
    registry
      .getMetricsAsArray()
      .map(({ name }) => name)
      .sort(),
  )
})

function plain(series: string): string {
  return series.replace(/_(bucket|count|sum)$/, '')
}
