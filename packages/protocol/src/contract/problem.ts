import type { ProblemCode } from './codes.ts'
import type { Retry } from './retry.ts'
import type { Sentence } from './sentence.ts'

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
  /** How many wrong one-time codes may still follow; with `sms_code_wrong`. */
  readonly attemptsLeft?: number
  /** Milliseconds after which a retry may succeed. */
  readonly retryAfterMs?: number
  /** Also in the `x-request-id` header and in every log line of the request. */
  readonly requestId: string
}
