import type { ProblemCode } from '@weapp-auth/protocol/contract'

/** What a problem tells beside its code. Never a value that came with the request. */
export interface ProblemDetails {
  readonly field?: string
  readonly detail?: string
  readonly attemptsLeft?: number
  readonly retryAfterMs?: number
  readonly cause?: unknown
}

/**
 * A refusal that the caller of the HTTP API reads as a problem. The code decides status, sentences and what to do next.
 *
 * @example
 * throw new ProblemError('request_invalid', { field: 'nonce', detail: '"nonce" must be …' })
 */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly code: ProblemCode
  readonly field: string | undefined
  readonly detail: string | undefined
  readonly attemptsLeft: number | undefined
  readonly retryAfterMs: number | undefined

  constructor(code: ProblemCode, { field, detail, attemptsLeft, retryAfterMs, cause }: ProblemDetails = {}) {
    super(detail === undefined ? code : `${code}: ${detail}`, { cause })
    this.code = code
    this.field = field
    this.detail = detail
    this.attemptsLeft = attemptsLeft
    this.retryAfterMs = retryAfterMs
  }
}

/** `rate_limited`, with what the caller is told of the limit. */
export class RateLimited extends ProblemError {
  readonly by: string
  readonly requests: number
  readonly windowMs: number

  constructor(by: string, { requests, windowMs }: { requests: number; windowMs: number }, retryAfterMs: number) {
    super('rate_limited', { retryAfterMs })
    this.by = by
    this.requests = requests
    this.windowMs = windowMs
  }
}
