import type { ProblemCode } from './codes.ts'

/** The same sentence in Chinese and in English. */
export interface Sentence {
  readonly zh: string
  readonly en: string
}

/**
 * Every refusal of the HTTP API: problem details (RFC 9457) of content type `application/problem+json`
 * with our extension members `code`, `message`, `fix`, `retry` and `requestId`.
 */
export interface Problem {
  /** `urn:weapp-auth:problem:<code>`. */
  readonly type: string
  /** The English sentence of `message`. */
  readonly title: string
  /** HTTP status, repeated. */
  readonly status: number
  readonly code: ProblemCode
  readonly message: Sentence
  readonly fix: Sentence
  readonly retry: Retry
  /** The field of the request that is wrong, such as `phone.iv`. */
  readonly field?: string
  /** What is wrong with it, in English and without the value, such as `"nonce" must have 16 to 128 characters`. */
  readonly detail?: string
  /** Milliseconds after which a retry may succeed. */
  readonly retryAfterMs?: number
  /** Also in the `x-request-id` header and in every log line of the request. */
  readonly requestId: string
}

/**
 * What the caller can do with the same intent:
 * - `never`: the request itself is wrong;
 * - `later`: send the same request (same nonce) again after a pause;
 * - `login`: call `wx.login` and log in anew, then repeat; the user need not see it;
 * - `tap`: the user must tap the phone button again.
 */
export type Retry = 'never' | 'later' | 'login' | 'tap'
