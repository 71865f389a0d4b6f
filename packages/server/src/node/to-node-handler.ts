import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { problemCodes } from '@weapp-auth/protocol/contract'
import type { Arrival } from '../http/client-address.ts'

/** How the server is mounted. */
export interface NodeHandlerOptions {
  /** The path it is mounted under, such as `/auth`, where the framework leaves it in `request.url`. Default: none. */
  readonly prefix?: string
}

/** A function for `node:http` and whatever is built on it. Its promise settles when the answer is written. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/**
 * Makes the server a handler for Node's HTTP: for Express, Koa, Fastify, Nest and alike. Mount it before parsers of
 * bodies, because it reads the bytes itself; where that cannot be, let the parser keep them as `request.rawBody`, a
 * Buffer. A body that was read and not kept is answered with status 500 and `detail` that says so.
 *
 * The address that limits count by is that of the connection; with proxies in front see `trustProxy` of `createServer`.
 *
 * @throws TypeError `"prefix" must be …`
 *
 * @example
 * app.use('/auth', toNodeHandler(server))
 */
export function toNodeHandler(
  server: { fetch(request: Request, arrival?: Arrival): Promise<Response> },
  { prefix = '' }: NodeHandlerOptions = {},
): NodeHandler {
  if (typeof prefix !== 'string' || !/^(?:\/[^\s/?#]+)*$/.test(prefix))
    throw new TypeError('"prefix" must be a path such as /auth, without a slash at its end')
  const listener = getRequestListener((request, arrival) => server.fetch(request, arrival), {
    // The process belongs to somebody else: its Request and Response stay Node's own.
    overrideGlobalObjects: false,
  })

  return async (request, response) => {
    if (bodyIsGone(request)) return refuse(response)
    request.url = without(prefix, request.url ?? '/')
    await listener(request, response)
  }
}

function without(prefix: string, url: string): string {
  const rest = url.startsWith(prefix) ? url.slice(prefix.length) : url
  if (rest.startsWith('/')) return rest
  return rest === '' || rest.startsWith('?') ? `/${rest}` : url
}

function bodyIsGone(request: IncomingMessage & { readonly rawBody?: unknown }): boolean {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers
  const hasBody = encoding !== undefined || Number(length) > 0
  return hasBody && request.readableDidRead && !(request.rawBody instanceof Buffer)
}

function refuse(response: ServerResponse): void {
  const { status, message, fix, retry } = problemCodes.internal_error
  const problem = {
    type: 'urn:weapp-auth:problem:internal_error',
    title: message.en,
    status,
    code: 'internal_error',
    message,
    fix,
    retry,
    detail:
      'the body was read by another parser: mount toNodeHandler before it, or let the parser keep the bytes as request.rawBody',
  }
  response.writeHead(status, { 'content-type': 'application/problem+json; charset=utf-8', 'cache-control': 'no-store' })
  response.end(JSON.stringify(problem))
}
