import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { problemCodes } from '@weapp-auth/protocol/contract'
import type { Arrival } from '../http/client-address.ts'
import { type AnswerStream, type HttpAnswer, type HttpRequest, isWhole } from '../http/http-message.ts'
import { NodeRequest } from './node-request.ts'

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
  server: { answer(request: HttpRequest, arrival?: Arrival): Promise<HttpAnswer> },
  { prefix = '' }: NodeHandlerOptions = {},
): NodeHandler {
  if (typeof prefix !== 'string' || !/^(?:\/[^\s/?#]+)*$/.test(prefix))
    throw new TypeError('"prefix" must be a path such as /auth, without a slash at its end')
  return async (request, response) => {
    if (bodyIsGone(request)) return refuse(response)
    const asked = new NodeRequest(request, without(prefix, request.url ?? '/'))
    await write(response, await server.answer(asked, { ip: request.socket.remoteAddress, queued: true }))
    if (!request.complete) cutOffSoon(request)
  }
}

/** Longest pause between an answer and the end of a connection on which the body was not read to its end. */
const graceMs = 500

/** Lets a client that is still sending see the answer, but not send for ever. */
function cutOffSoon(request: IncomingMessage): void {
  request.resume()
  const cut = setTimeout(() => request.socket.destroy(), graceMs)
  request.once('close', () => clearTimeout(cut))
}

async function write(response: ServerResponse, { status, headers, body }: HttpAnswer): Promise<void> {
  if (body === null) response.writeHead(status, headers).end()
  else if (!isWhole(body)) await stream(response.writeHead(status, headers), body)
  else response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
}

/** Whoever told the server of it has told what broke; the reader is told by an answer that is cut off. */
async function stream(response: ServerResponse, chunks: AnswerStream): Promise<void> {
  await pipeline(Readable.from(chunks), response).catch(() => undefined)
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

function refuse(response: ServerResponse): Promise<void> {
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
  const headers = { 'content-type': 'application/problem+json; charset=utf-8', 'cache-control': 'no-store' }
  return write(response, { status, headers, body: JSON.stringify(problem) })
}
