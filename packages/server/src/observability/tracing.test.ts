import * as api from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { appId, newNonce, openServer } from '../../test/open-server.ts'
import { createTracing } from './tracing.ts'

const exporter = new InMemorySpanExporter()
/** Reads `traceparent` as the SDK's own propagator does. */
const propagator: api.TextMapPropagator = {
  inject() {},
  fields: () => ['traceparent'],
  extract(context, carrier, getter) {
    const [, traceId, spanId] = String(getter.get(carrier, 'traceparent')).split('-')
    return traceId && spanId ? api.trace.setSpanContext(context, { traceId, spanId, traceFlags: 1 }) : context
  },
}

beforeAll(() => {
  api.trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }))
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager())
  api.propagation.setGlobalPropagator(propagator)
})
beforeEach(() => exporter.reset())
afterAll(() => {
  api.trace.disable()
  api.context.disable()
  api.propagation.disable()
})

function openTraced() {
  const tracing = createTracing(api)
  const use = openServer({ observe: tracing.server })
  return { ...use, tracing, fetch: tracing.around(use.server.fetch) }
}

function logIn(code: string, headers: Readonly<Record<string, string>> = {}): Request {
  const body = JSON.stringify({ appId, code, nonce: newNonce() })
  return new Request('http://h/v1/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
}

test('a request is a span named after its route, in the trace of the caller', async () => {
  const { fetch, wechat } = openTraced()
  const trace = '0af7651916cd43dd8448eb211c80319c'
  await fetch(logIn(wechat.loginCode({ appId, openId: 'lin' }), { traceparent: `00-${trace}-b7ad6b7169203331-01` }))
  const [span] = exporter.getFinishedSpans()
  expect(span?.name).toBe('POST /v1/login')
  expect(span?.spanContext().traceId).toBe(trace)
  expect(span?.attributes).toMatchObject({
    'http.request.method': 'POST',
    'http.route': '/v1/login',
    'http.response.status_code': 200,
  })
  expect(JSON.stringify(span?.attributes)).not.toContain('lin')
})

test('a request below web standards is a span too', async () => {
  const { server, tracing, wechat } = openTraced()
  const answer = tracing.around(server.answer)
  expect((await answer(logIn(wechat.loginCode({ appId, openId: 'lin' })))).status).toBe(200)
  expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['POST /v1/login'])
})

test('a request to WeChat is a child of the request that asked', async () => {
  const { tracing } = openTraced()
  const fetch = tracing.around(async () => {
    tracing.upstream({ api: 'codeToSession', appId, durationMs: 80, outcome: 'refused', errcode: 40029, rid: 'rid' })
    return new Response()
  })
  await fetch(new Request('http://h/'))
  const [child, parent] = exporter.getFinishedSpans()
  expect(child?.name).toBe('wechat codeToSession')
  expect(child?.parentSpanContext?.spanId).toBe(parent?.spanContext().spanId)
  expect(child?.attributes).toMatchObject({ 'wechat.errcode': 40029, 'wechat.rid': 'rid', 'error.type': 'refused' })
  expect(Math.round(((child?.duration[0] ?? 0) * 1e9 + (child?.duration[1] ?? 0)) / 1e6)).toBe(80)
})

test('a refusal tells its code, and only a fault of the server is an error', async () => {
  const { fetch, wechat } = openTraced()
  await fetch(logIn('nonsense'))
  wechat.failNext('codeToSession', 'unavailable')
  await fetch(logIn('nonsense'))
  const [span, fault] = exporter.getFinishedSpans()
  expect(fault?.status.code).toBe(api.SpanStatusCode.ERROR)
  expect(fault?.attributes).toMatchObject({ 'error.type': '503', 'weapp_auth.code': 'upstream_unavailable' })
  expect(span?.attributes).toMatchObject({ 'weapp_auth.code': 'code_invalid', 'http.response.status_code': 401 })
  expect(span?.status.code).toBe(api.SpanStatusCode.UNSET)
})
