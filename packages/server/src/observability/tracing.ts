/**
 * OpenTelemetry spans, when the program that embeds the server brings the SDK. Nothing of it is loaded here: the API
 * object is handed in.
 *
 * @module
 */
import type { ContextAPI, PropagationAPI, Span, SpanKind, SpanStatusCode, TraceAPI } from '@opentelemetry/api'
import type { ServerEvent } from '../ports/observer.ts'
import type { UpstreamReport } from './upstream-report.ts'

export type { UpstreamReport }

/** `import * as api from '@opentelemetry/api'`. */
export interface TelemetryApi {
  readonly trace: TraceAPI
  readonly context: ContextAPI
  readonly propagation: PropagationAPI
  readonly SpanKind: typeof SpanKind
  readonly SpanStatusCode: typeof SpanStatusCode
}

/** `fetch` of the server, and `answer`. */
type Answering<Asked, Rest extends readonly unknown[], Answered> = (request: Asked, ...rest: Rest) => Promise<Answered>

interface AskedHeaders {
  get(name: string): string | null
  keys(): Iterable<string>
}

export interface Tracing {
  /** Runs each request in a span, which continues the trace of its `traceparent` header. */
  around<
    Asked extends { readonly method: string; readonly headers: AskedHeaders },
    Rest extends readonly unknown[],
    Answered extends { readonly status: number },
  >(answer: Answering<Asked, Rest, Answered>): Answering<Asked, Rest, Answered>
  /** For `observe` of `createServer`: names the span after the route. */
  server(event: ServerEvent): void
  /** For `observe` of `createWechat`: a child span for each request to WeChat. */
  upstream(event: UpstreamReport): void
}

const headersGetter = {
  keys: (headers: AskedHeaders) => [...headers.keys()],
  get: (headers: AskedHeaders, key: string) => headers.get(key) ?? undefined,
}

/**
 * Attributes follow the semantic conventions for HTTP spans; no URL, query, openid or number is among them.
 *
 * @example
 * import * as api from '@opentelemetry/api'
 * const tracing = createTracing(api)
 * const fetch = tracing.around(async (request: Request) => new Response(request.method))
 */
export function createTracing({ trace, context, propagation, SpanKind, SpanStatusCode }: TelemetryApi): Tracing {
  const tracer = trace.getTracer('weapp-auth')

  function fail(span: Span, type: string): void {
    span.setAttribute('error.type', type)
    span.setStatus({ code: SpanStatusCode.ERROR })
  }

  return {
    around:
      answer =>
      (request, ...rest) => {
        const parent = propagation.extract(context.active(), request.headers, headersGetter)
        const method = { 'http.request.method': request.method }
        const options = { kind: SpanKind.SERVER, attributes: method }
        return tracer.startActiveSpan(request.method, options, parent, async span => {
          try {
            const response = await answer(request, ...rest)
            span.setAttribute('http.response.status_code', response.status)
            if (response.status >= 500) fail(span, String(response.status))
            return response
          } finally {
            span.end()
          }
        })
      },
    server(event) {
      const span = event.type === 'request' ? trace.getActiveSpan() : undefined
      if (!span || event.type !== 'request') return
      span.updateName(`${event.method} ${event.route}`)
      span.setAttributes({ 'http.route': event.route, 'weapp_auth.request_id': event.requestId })
      if (event.code) span.setAttribute('weapp_auth.code', event.code)
    },
    upstream({ api, appId, durationMs, outcome, errcode, rid }) {
      const end = Date.now()
      const span = tracer.startSpan(`wechat ${api}`, {
        kind: SpanKind.CLIENT,
        startTime: end - durationMs,
        attributes: { 'server.address': 'api.weixin.qq.com', 'weapp_auth.app_id': appId },
      })
      if (errcode !== undefined) span.setAttribute('wechat.errcode', errcode)
      if (rid !== undefined) span.setAttribute('wechat.rid', rid)
      if (outcome !== 'ok') fail(span, outcome)
      span.end(end)
    },
  }
}
