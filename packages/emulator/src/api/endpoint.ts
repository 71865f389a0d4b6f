import type { Platform } from '../platform/platform.ts'
import type { JournalEntry, Sentence } from '../types.ts'

/** The documented English names of WeChat's server APIs. */
export type EndpointName =
  | 'code2Session'
  | 'getAccessToken'
  | 'getStableAccessToken'
  | 'getPhoneNumber'
  | 'checkSessionKey'
  | 'resetUserSessionKey'
  | 'checkEncryptedData'

/** A request, as far as an endpoint looks at it. */
interface ApiCall {
  readonly query: URLSearchParams
  readonly body: string
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
  readonly text: Sentence
}

export type Verdict = Granted | Refused

export interface Endpoint {
  readonly name: EndpointName
  readonly method: 'GET' | 'POST'
  readonly path: string
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
