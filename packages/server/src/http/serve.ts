import type { ProblemCode } from '@weapp-auth/protocol/contract'
import { Hono } from 'hono'
import { ProblemError } from '../domain/problem-error.ts'
import type { Clock } from '../ports/clock.ts'
import type { Observe } from '../ports/observer.ts'
import { type Arrival, clientAddress } from './client-address.ts'
import { asProblemError, faultOf, problemHeaders, problemOf } from './problem.ts'
import { requestIdOf } from './request-id.ts'
import type { RequestLimits } from './request-limits.ts'
import { type About, FileReply, type Route } from './route.ts'

export interface ServeTools {
  readonly routes: readonly Route[]
  /** Finds routes that come and go, for paths that `routes` do not have. */
  readonly late: (path: string) => LateRoutes | null
  readonly clock: Clock
  readonly newId: () => string
  readonly tell: Observe
  /** What must be waited for before the store may be used; `null` once it is done. */
  readonly gate: () => Promise<void> | null
  readonly limits: Pick<RequestLimits, 'perIp'>
  /** How many proxies stand in front. */
  readonly trustProxy: number
}

/** The rows of one path, whose pattern is theirs, and what stood in its places. */
export interface LateRoutes {
  readonly rows: readonly Route[]
  readonly params: About['params']
}

export type Fetch = (request: Request, arrival?: Arrival) => Promise<Response>

interface Outcome {
  readonly response: Response
  readonly code?: ProblemCode
}

/** Answers requests from the route table: one answer, one `request` event, whatever happens inside. */
export function createFetch({ routes, late, clock, newId, tell, gate, limits, trustProxy }: ServeTools): Fetch {
  const hono = new Hono<{ Bindings: Arrival }>()
  for (const [path, rows] of byPath(routes))
    hono.all(honoPath(path), ({ req, env }) => {
      const ip = clientAddress(req.raw.headers, env, trustProxy)
      const work = (requestId: string) => run(rows, req.raw, { requestId, params: req.param(), ip })
      return answer(req.raw, path, work, rows[0]?.refusal)
    })
  hono.notFound(async ({ req: { raw }, env }) => {
    // What there is, is known only behind the gate; one that stays shut is told where a route needs it.
    await gate()?.catch(() => undefined)
    const found = late(new URL(raw.url).pathname)
    const [row] = found?.rows ?? []
    if (!found || !row) return answer(raw, '(unknown)', refuseUnknown)
    const ip = clientAddress(raw.headers, env, trustProxy)
    const work = (requestId: string) => run(found.rows, raw, { requestId, params: found.params, ip })
    return answer(raw, row.path, work, row.refusal)
  })
  return async (request, arrival = {}) => hono.fetch(request, arrival)

  async function answer(
    request: Request,
    route: string,
    work: (requestId: string) => Promise<Response>,
    refusal?: Route['refusal'],
  ): Promise<Response> {
    const startedAt = clock.now()
    const requestId = requestIdOf(request, newId)
    const { response, code } = await work(requestId).then(
      (response): Outcome => ({ response }),
      (error): Outcome => refuse(error, requestId, refusal),
    )
    const event = { type: 'request', requestId, method: request.method, route, status: response.status } as const
    tell({ ...event, ...(code === undefined ? {} : { code }), durationMs: clock.now() - startedAt })
    return response
  }

  async function run(rows: readonly Route[], request: Request, about: About): Promise<Response> {
    const { requestId } = about
    const method = request.method === 'HEAD' ? 'GET' : request.method
    const row = rows.find(row => row.method === method)
    if (!row) throw new MethodRefused(rows)
    if (!row.always) await limits.perIp(about.ip)
    const wait = row.always ? null : gate()
    if (wait) await wait
    const body = await row.run(request, about)
    const headers = { ...common(requestId), ...row.headers }
    if (body === undefined) return new Response(null, { status: 204, headers })
    if (body instanceof FileReply) return new Response(body.bytes, { headers: { ...headers, ...body.headers } })
    return new Response(JSON.stringify(body), { headers: { 'content-type': jsonType, ...headers } })
  }

  function refuse(error: unknown, requestId: string, refusal: Route['refusal']): Outcome {
    const problem = asProblemError(error)
    const fault = faultOf(problem, requestId)
    if (fault) tell(fault)
    const details = problemOf(problem, requestId)
    const allow = error instanceof MethodRefused ? { allow: error.allow } : {}
    const type = refusal ? jsonType : problemType
    const headers = { 'content-type': type, ...common(requestId), ...problemHeaders(problem), ...allow }
    const body = JSON.stringify(refusal?.(details) ?? details)
    return { response: new Response(body, { status: details.status, headers }), code: problem.code }
  }
}

const jsonType = 'application/json; charset=utf-8'
const problemType = 'application/problem+json; charset=utf-8'

/** Hono writes `:name` where the contract writes `{name}` (RFC 6570). */
function honoPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1')
}

function common(requestId: string) {
  return { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'x-request-id': requestId }
}

async function refuseUnknown(): Promise<never> {
  throw new ProblemError('route_unknown')
}

/** A known path with a method it does not take; says which ones it does (RFC 9110, section 15.5.6). */
class MethodRefused extends ProblemError {
  readonly allow: string

  constructor(rows: readonly Route[]) {
    super('method_not_allowed')
    this.allow = rows.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ')
  }
}

function byPath(routes: readonly Route[]): ReadonlyMap<string, readonly Route[]> {
  const paths = new Map<string, Route[]>()
  for (const route of routes) paths.set(route.path, [...(paths.get(route.path) ?? []), route])
  return paths
}
