import type { ProblemCode } from '@weapp-auth/protocol/contract'
import { ProblemError } from '../domain/problem-error.ts'
import type { Clock } from '../ports/clock.ts'
import type { Observe } from '../ports/observer.ts'
import { type Arrival, clientAddress } from './client-address.ts'
import { createFindPlace, type Place, pathOf } from './find-place.ts'
import type { AnswerStream, HttpAnswer, HttpRequest } from './http-message.ts'
import { asProblemError, faultOf, problemHeaders, problemOf } from './problem.ts'
import { requestIdOf } from './request-id.ts'
import type { RequestLimits } from './request-limits.ts'
import { type About, FileReply, ReplyWith, type Route, StreamReply } from './route.ts'
import type { ShedLoad } from './shed-load.ts'

export interface ServeTools {
  readonly routes: readonly Route[]
  /** Finds routes that come and go, for paths that `routes` do not have. */
  readonly late: (path: string) => Place | null
  readonly clock: Clock
  readonly newId: () => string
  readonly tell: Observe
  /** What must be waited for before the store may be used; `null` once it is done. */
  readonly gate: () => Promise<void> | null
  readonly limits: Pick<RequestLimits, 'perIp'>
  readonly door: Pick<ShedLoad, 'enter' | 'leave' | 'answer'>
  /** How many proxies stand in front. */
  readonly trustProxy: number
}

export type Answer = (request: HttpRequest, arrival?: Arrival) => Promise<HttpAnswer>

interface Outcome {
  readonly answer: HttpAnswer
  readonly code?: ProblemCode
}

/**
 * Answers requests from the route table: one answer, one `request` event, whatever happens inside. Those that an
 * overload keeps out are told together, see `requests-shed`.
 */
export function createAnswer({ routes, late, clock, newId, tell, gate, limits, door, trustProxy }: ServeTools): Answer {
  const findPlace = createFindPlace(routes)

  return async function answer(request, arrival = {}) {
    const startedAt = clock.now()
    const requestId = requestIdOf(request, newId)
    const path = pathOf(request.url)
    const place = findPlace(path) ?? (await findLate(path))
    const [row] = place.rows
    const rank = row?.rank ?? 'session'
    const enteredAt = door.enter(rank, arrival.queued)
    if (enteredAt === null) return door.answer(requestId, row?.refusal)
    const ip = clientAddress(request.headers, arrival, trustProxy)
    let appId: string | undefined
    const of = (named: string) => {
      appId = named
    }
    const { answer, code } = await outcomeOf(place, request, { requestId, params: place.params, ip, of })
    door.leave(rank, enteredAt)
    const route = row?.path ?? '(unknown)'
    const event = { type: 'request', requestId, method: request.method, route, status: answer.status } as const
    const told = { ...event, ...(code === undefined ? {} : { code }), ...(appId === undefined ? {} : { appId }) }
    tell({ ...told, durationMs: clock.now() - startedAt })
    return answer
  }

  /** What there is, is known only behind the gate; one that stays shut is told where a route needs it. */
  async function findLate(path: string): Promise<Place> {
    await gate()?.catch(() => undefined)
    return late(path) ?? nowhere
  }

  async function outcomeOf({ rows }: Place, request: HttpRequest, about: About): Promise<Outcome> {
    try {
      return { answer: await run(rows, request, about) }
    } catch (error) {
      return refuse(error, about.requestId, rows[0]?.refusal)
    }
  }

  async function run(rows: readonly Route[], request: HttpRequest, about: About): Promise<HttpAnswer> {
    const row = rowOf(rows, request.method)
    if (!row.uncounted && about.ip !== null) await limits.perIp(about.ip)
    const wait = row.always ? null : gate()
    if (wait) await wait
    const reply = await row.run(request, about)
    const headers = { ...common(about.requestId), ...row.headers }
    if (!(reply instanceof StreamReply)) return answerOf(reply, headers)
    return { status: 200, headers: { ...headers, ...reply.headers }, body: watched(reply.chunks, about.requestId) }
  }

  /** The status is sent when it breaks, so that all that is left is to tell of it. */
  async function* watched(chunks: AnswerStream, requestId: string): AnswerStream {
    try {
      yield* chunks
    } catch (error) {
      const fault = faultOf(asProblemError(error), requestId)
      if (fault) tell(fault)
      throw error
    }
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
    return { answer: { status: details.status, headers, body }, code: problem.code }
  }
}

const nowhere: Place = { rows: [], params: {} }
const jsonType = 'application/json; charset=utf-8'
const problemType = 'application/problem+json; charset=utf-8'

function rowOf(rows: readonly Route[], asked: string): Route {
  if (rows.length === 0) throw new ProblemError('route_unknown')
  const method = asked === 'HEAD' ? 'GET' : asked
  const row = rows.find(row => row.method === method)
  if (!row) throw new MethodRefused(rows)
  return row
}

function answerOf(reply: object | undefined, headers: Readonly<Record<string, string>>): HttpAnswer {
  if (reply instanceof ReplyWith) return answerOf(reply.body, { ...headers, ...reply.headers })
  if (reply === undefined) return { status: 204, headers, body: null }
  if (reply instanceof FileReply) return { status: 200, headers: { ...headers, ...reply.headers }, body: reply.bytes }
  return { status: 200, headers: { 'content-type': jsonType, ...headers }, body: JSON.stringify(reply) }
}

function common(requestId: string) {
  return { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'x-request-id': requestId }
}

/** A known path with a method it does not take; says which ones it does (RFC 9110, section 15.5.6). */
class MethodRefused extends ProblemError {
  readonly allow: string

  constructor(rows: readonly Route[]) {
    super('method_not_allowed')
    this.allow = rows.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ')
  }
}
