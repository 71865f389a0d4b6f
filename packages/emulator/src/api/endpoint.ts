import type { EndpointName, endpointPaths } from '../platform/endpoint-paths.ts'
import type { Platform } from '../platform/platform.ts'
import type { JournalEntry, Sentence } from '../types.ts'

export type { EndpointName }

/** A request, as far as an endpoint looks at it. */
export interface ApiCall {
  readonly endpoint: Endpoint
  readonly query: URLSearchParams
  readonly body: string
  /** The address of the caller. */
  readonly ip: string
}

interface About {
  readonly appId?: string
  readonly personId?: string
  readonly facts?: JournalEntry['facts']
}

/** WeChat does what was asked; `text` goes into the journal, `body` to the caller. */
export interface Granted extends About {
  readonly granted: true
  readonly body: Readonly<Record<string, unknown>>
  readonly text: Sentence
}

/** WeChat refuses. The caller reads only the errcode; `text` tells the journal why. */
export interface Refused extends About {
  readonly granted: false
  readonly errcode: number
  /** What WeChat writes where it is not always the same for the errcode. */
  readonly errmsg?: string
  readonly text: Sentence
}

export type Verdict = Granted | Refused

export interface Endpoint {
  readonly name: EndpointName
  readonly method: 'GET' | 'POST'
  /** Taken by POST as well, with the same query: SDKs send it so. */
  readonly postToo?: true
  readonly path: (typeof endpointPaths)[EndpointName]
  /** What an app must have given a third-party platform that calls this for it; without the field nobody can. */
  readonly permissionSet?: number | 'any'
  /** errcode of too many calls in a minute. Default: 45011. */
  readonly tooOften?: number
  /** How errmsg is written: `, rid: …`, ` rid: …` or ` hint: […] rid: …`. */
  readonly errmsgStyle: 'sns' | 'plain' | 'business'
  /** jscode2session says text/plain, all others JSON (observed). */
  readonly contentType: 'text/plain' | 'application/json; charset=UTF-8'
  handle(platform: Platform, call: ApiCall): Verdict
}

export function refuse(errcode: number, zh: string, en: string, about: About = {}): Refused {
  return { granted: false, errcode, text: { zh, en }, ...about }
}

export function grant(body: Granted['body'], zh: string, en: string, about: About = {}): Granted {
  return { granted: true, body, text: { zh, en }, ...about }
}
