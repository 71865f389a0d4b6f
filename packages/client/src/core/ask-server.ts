import type { Retry, routes } from '@weapp-auth/protocol/contract'
import type { Platform, PlatformRequest, PlatformResponse } from '../platform.ts'
import { field, textField } from './field.ts'
import { failureText } from './read-failure.ts'
import { send } from './send.ts'
import { pause } from './wait.ts'

/** A POST to our own server that can be repeated: it carries a nonce, or repeating it changes nothing. */
interface Question<T> {
  readonly path: (typeof routes)[keyof typeof routes]
  readonly body: unknown
  readonly accessToken?: string | undefined
  /** The answer is known by this field: a proxy's page with status 200 must not become a session. Default: none is. */
  readonly mark?: keyof T & string
}

interface Granted<T> {
  readonly status: 'granted'
  readonly value: T
}

/** No, whoever said it: the server, or the network between. */
export interface Refused {
  readonly status: 'refused'
  /** Code of the server's problem, or `unreachable`, or `answer_unreadable`. */
  readonly code: string
  readonly retry: Retry
  /** For the developer. */
  readonly detail: string
  readonly retryAfterMs: number
}

/** Never rejects. */
export type AskServer = <T>(question: Question<T>) => Promise<Granted<T> | Refused>

export interface AskServerTools {
  readonly platform: Platform
  readonly baseUrl: string
  readonly timeoutMs: number
}

/** Pauses before the second, third and fourth sending; the answer to a lost one is repeated for the same nonce. */
const pauses = [500, 1500, 4000]
/** A server that asks for more patience than this is not waited for: somebody is looking at a spinner. */
const longestPauseMs = 5000

/** Sends, and sends again after a pause as long as the refusal says `later`. */
export function createAskServer({ platform, baseUrl, timeoutMs }: AskServerTools): AskServer {
  return async function askServer<T>(question: Question<T>) {
    for (let turn = 0; ; turn++) {
      const answer = await askOnce(question)
      const next = pauses[turn]
      if (answer.status === 'granted' || answer.retry !== 'later' || next === undefined) return answer
      if (answer.retryAfterMs > longestPauseMs) return answer
      await pause(platform, Math.max(next, answer.retryAfterMs))
    }
  }

  async function askOnce<T>({ path, body, accessToken, mark }: Question<T>): Promise<Granted<T> | Refused> {
    const request: PlatformRequest = { url: baseUrl + path, method: 'POST', headers: {}, body, timeoutMs }
    try {
      const response = await send(platform, one => platform.request(one), request, accessToken).done
      const granted = response.status < 300 && (!mark || field(response.body, mark))
      return granted ? { status: 'granted', value: response.body as T } : readRefusal(response)
    } catch (failure) {
      return refused('unreachable', 'later', failureText(failure))
    }
  }
}

/** A problem of our server, or what stands in its place: the page of a gateway, a captive portal, another server. */
export function readRefusal({ status, body }: PlatformResponse): Refused {
  const code = textField(body, 'code')
  const retry = textField(body, 'retry')
  if (code && retry) {
    const detail = `${code}: ${textField(body, 'detail') || textField(body, 'title')}`
    return refused(code, retry as Retry, detail, Number(field(body, 'retryAfterMs')) || 0)
  }
  const wrongAddress = status >= 400 && status < 500 && status !== 408 && status !== 429
  const detail = `HTTP ${status}, not of this API: is "baseUrl" the weapp-auth server?`
  return refused('answer_unreadable', wrongAddress ? 'never' : 'later', detail)
}

function refused(code: string, retry: Retry, detail: string, retryAfterMs = 0): Refused {
  return { status: 'refused', code, retry, detail, retryAfterMs }
}
