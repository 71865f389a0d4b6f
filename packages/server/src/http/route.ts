import type { Problem } from '@weapp-auth/protocol/contract'
import type { z } from 'zod'
import type { Rank } from '../domain/admission.ts'
import type { Session } from '../usecases/session.ts'
import type { Guard } from './guard.ts'
import type { AnswerStream, HttpHeaders, HttpRequest } from './http-message.ts'
import type { RequestLimits } from './request-limits.ts'

type Params = Readonly<Record<string, string>>

/** What a handler gets: the checked body and the name of the request. */
export interface Call<Body> {
  readonly body: Body
  /** What stands in the places of the path: `key` of `/v1/avatars/{key}`, decoded. */
  readonly params: Params
  readonly headers: HttpHeaders
  readonly requestId: string
  /** The address of the client, or `null`; see `clientAddress`. */
  readonly ip: string | null
}

/** The same for routes that need an access token. */
export interface GuardedCall<Body> extends Call<Body> {
  readonly session: Session
}

/** Bytes as an answer. `headers` say at least what they are, and replace those of every answer. */
export class FileReply {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly headers: Readonly<Record<string, string>>

  constructor(bytes: Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>>) {
    this.bytes = bytes
    this.headers = headers
  }
}

/** The same, made while it is sent. What breaks on the way is told, and cuts the answer off. */
export class StreamReply {
  readonly chunks: AnswerStream
  readonly headers: Readonly<Record<string, string>>

  constructor(chunks: AnswerStream, headers: Readonly<Record<string, string>>) {
    this.chunks = chunks
    this.headers = headers
  }
}

/** An answer with headers of its own beside those of every answer. */
export class ReplyWith {
  readonly body: object | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(body: object | undefined, headers: Readonly<Record<string, string>>) {
    this.body = body
    this.headers = headers
  }
}

/** The answer as JSON or as bytes, or nothing for 204 No Content. */
export type Reply = object | FileReply | StreamReply | ReplyWith | undefined

/** What a reader takes, for the document of the API. */
export type Takes =
  | { readonly as: 'json' | 'form' | 'query'; readonly schema: z.ZodType }
  | { readonly as: 'file'; readonly field: string }

/** Reads and checks a body; see `json` and `nothing` of read-request.ts. */
export interface ReadBody<Body> {
  (request: HttpRequest): Promise<Body>
  readonly takes?: Takes
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What is known of a request before it is read. */
export type About = Pick<Call<unknown>, 'params' | 'requestId' | 'ip'> & {
  /** Told whose request it is, once that is known. */
  readonly of: (appId: string) => void
}

/** One row of the route table, ready to run. */
export interface Route {
  readonly method: Method
  /** `{name}` stands for one segment. */
  readonly path: string
  /** True for routes that answer even when the server may not touch its store. */
  readonly always: boolean
  /** True for routes that are not counted by address. */
  readonly uncounted: boolean
  /** Who is refused first in an overload; the same for all routes of a path. */
  readonly rank: Rank
  /** Beside those of every answer. */
  readonly headers: Readonly<Record<string, string>>
  /** Refusals in another shape than problem details; the same for all routes of a path. */
  readonly refusal?: (problem: Problem) => object
  readonly takes?: Takes | undefined
  run(request: HttpRequest, about: About): Promise<Reply>
}

interface RouteOptions<Body> {
  /** The mini program that the body names. */
  readonly appOf?: (body: Body) => string
  readonly always?: boolean
  readonly uncounted?: boolean
  readonly rank?: Rank
  readonly headers?: Readonly<Record<string, string>>
  readonly refusal?: Route['refusal']
}

/** A route for everybody. */
export function open<Body>(
  method: Method,
  path: string,
  read: ReadBody<Body>,
  handle: (call: Call<Body>) => Promise<Reply>,
  { always = false, uncounted = false, rank = 'session', headers = {}, refusal, appOf }: RouteOptions<Body> = {},
): Route {
  const run: Route['run'] = async (request, { of, ...about }) => {
    const body = await read(request)
    if (appOf) of(appOf(body))
    return handle({ ...about, body, headers: request.headers })
  }
  return { method, path, always, uncounted, rank, headers, takes: read.takes, run, ...(refusal ? { refusal } : {}) }
}

/** Makes routes for the owner of a live session. The token is checked, and changes are counted, before the body is read. */
export function guardedBy(guard: Guard, { perUser }: Pick<RequestLimits, 'perUser'>) {
  return function guarded<Body>(
    method: Method,
    path: string,
    read: ReadBody<Body>,
    handle: (call: GuardedCall<Body>) => Promise<Reply>,
    rank: Rank = 'session',
  ): Route {
    const run: Route['run'] = async (request, { of, ...about }) => {
      const session = await guard(request)
      of(session.appId)
      if (method !== 'GET') await perUser(session.userId)
      return handle({ ...about, session, body: await read(request), headers: request.headers })
    }
    return { method, path, always: false, uncounted: false, rank, headers: {}, takes: read.takes, run }
  }
}
