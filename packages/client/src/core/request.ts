import type { Platform, PlatformRequest, PlatformResponse, PlatformTask } from '../platform.ts'
import { textField } from './field.ts'
import { OptionInvalid } from './option-invalid.ts'
import { failure, type LoginFailure } from './outcomes.ts'
import { failureText } from './read-failure.ts'
import { send } from './send.ts'
import type { Session } from './session.ts'
import type { TokenOutcome } from './tokens.ts'

export interface AuthRequest {
  /** A path of the auth server such as `/v1/me`, or an address under `baseUrl` or one of `backends`. */
  readonly url: string
  /** Default: `GET`. */
  readonly method?: PlatformRequest['method']
  /** `authorization` is set by the client. */
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. Default: no body. */
  readonly body?: unknown
  /** Milliseconds. Default: `timeoutMs` of `createAuth`. */
  readonly timeoutMs?: number
}

/** One file for one of our own servers, as `multipart/form-data`; always a POST (`wx.uploadFile`). */
export interface AuthUpload {
  /** As in {@link AuthRequest}. */
  readonly url: string
  /** A path that the host app gave, such as the temporary one of a chosen avatar. */
  readonly filePath: string
  /** Name of the form field that carries the file. */
  readonly name: string
  /** The other fields of the form. Default: none. */
  readonly formData?: Readonly<Record<string, string>>
  /** `authorization` is set by the client, the content type by the host app. */
  readonly headers?: Readonly<Record<string, string>>
  /** Milliseconds. Default: 60000, as `wx.uploadFile` has it. */
  readonly timeoutMs?: number
}

/**
 * `answered` for every HTTP status, as with `wx.request`; otherwise why there was no answer. A request is sent once
 * (once more when its token had expired): whether it may be repeated after `unavailable` only the caller knows.
 */
export type RequestOutcome =
  | { readonly status: 'answered'; readonly response: PlatformResponse }
  | { readonly status: 'aborted' }
  | LoginFailure

export interface RequestTask extends Promise<RequestOutcome> {
  /** Settles the promise at once with `aborted`. */
  abort(): void
}

export interface RequestTools {
  readonly platform: Platform
  readonly baseUrl: string
  readonly backends: readonly string[]
  readonly timeoutMs: number
  readonly session: Session
  /** A token of a live session; logs in when there is none. */
  readonly access: () => Promise<Exclude<TokenOutcome, { readonly status: 'none' }>>
}

export interface Requests {
  /**
   * Sends a request with the access token.
   *
   * @throws OptionInvalid for an address that must not see the token.
   * @example
   * const outcome = await auth.request({ url: '/v1/me/phones' })
   * if (outcome.status === 'answered') list(outcome.response.body)
   */
  request(request: AuthRequest): RequestTask
  /**
   * Sends a file with the access token; the answer is as that of `request`, without headers.
   *
   * @throws OptionInvalid for an address that must not see the token.
   * @example
   * const outcome = await auth.upload({ url: '/v1/profile/avatar', filePath: avatarUrl, name: 'avatar' })
   * if (outcome.status === 'answered') show(outcome.response.body)
   */
  upload(upload: AuthUpload): RequestTask
}

/**
 * Waits for the session, attaches its token, and repeats the request once with a new token when the old one was
 * refused; one refresh serves all requests. Every caller gets an outcome, whatever happens.
 */
export function createRequests(tools: RequestTools): Requests {
  const { platform, baseUrl, backends, session, access } = tools

  /** The token goes to our own servers only. */
  function address(url: string): string {
    const whole = url[0] === '/' ? baseUrl + url : url
    if ([baseUrl, ...backends].some(base => whole === base || whole.indexOf(`${base}/`) === 0)) return whole
    throw new OptionInvalid('url', 'must be under "baseUrl" or "backends"', '必须在 "baseUrl" 或 "backends" 之下')
  }

  function run(start: (accessToken: string) => PlatformTask<PlatformResponse>): RequestTask {
    let aborted = false
    let stop = () => {}

    async function attempt(): Promise<RequestOutcome> {
      try {
        for (let turn = 0; ; turn++) {
          const token = await access()
          if (token.status !== 'token') return token
          if (aborted) return { status: 'aborted' }
          const task = start(token.accessToken)
          stop = task.abort
          const response = await task.done
          if (turn > 0 || !tokenRefused(response)) return { status: 'answered', response }
          session.refuse(token.accessToken)
        }
      } catch (error) {
        return failure('unavailable', failureText(error))
      }
    }

    let abort = () => {}
    const outcome = new Promise<RequestOutcome>(resolve => {
      abort = () => {
        aborted = true
        resolve({ status: 'aborted' })
        stop()
      }
      attempt().then(resolve)
    })
    return Object.assign(outcome, { abort: () => abort() })
  }

  return {
    request({ url, method = 'GET', headers = {}, body, timeoutMs = tools.timeoutMs }) {
      const request = { url: address(url), method, headers, body, timeoutMs }
      return run(token => send(platform, one => platform.request(one), request, token))
    },
    upload({ url, filePath, name, formData = {}, headers = {}, timeoutMs = 60_000 }) {
      const upload = { url: address(url), filePath, name, formData, headers, timeoutMs }
      return run(token => send(platform, one => platform.upload(one), upload, token))
    },
  }
}

/** Our own server names the problem; a backend that verifies our tokens says it in the header (RFC 6750, section 3.1). */
function tokenRefused({ status, headers, body }: PlatformResponse): boolean {
  if (status !== 401) return false
  return textField(body, 'code') === 'token_invalid' || /invalid_token/.test(headers['www-authenticate'] || '')
}
