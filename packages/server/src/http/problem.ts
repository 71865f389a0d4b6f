import { type Problem, type ProblemCode, problemCodes } from '@weapp-auth/protocol/contract'
import { WechatFault, type WechatFaultCode } from '@weapp-auth/protocol/wechat'
import { ProblemError, RateLimited } from '../domain/problem-error.ts'
import type { ServerEvent } from '../ports/observer.ts'
import { StorageFault } from '../ports/store.ts'

const wechatProblems = {
  unavailable: 'upstream_unavailable',
  'bad-answer': 'upstream_bad_answer',
  limited: 'upstream_limited',
  unauthorized: 'app_unauthorized',
  misconfigured: 'app_misconfigured',
} as const satisfies Readonly<Record<WechatFaultCode, ProblemCode>>

const storageProblems = {
  busy: 'storage_busy',
  full: 'storage_full',
  failed: 'storage_failed',
} as const satisfies Readonly<Record<StorageFault['code'], ProblemCode>>

/** When to come back if the fault itself does not say. WeChat counts its limits by the minute; a disk is not emptied in a second. */
const defaultPauses: Partial<Readonly<Record<ProblemCode, number>>> = { upstream_limited: 60_000, storage_full: 10_000 }
const defaultPauseMs = 1000

/** Whatever is broken here and not there says when to come back, so that nobody tries at once, over and over. */
function pauseOf(code: ProblemCode): number | undefined {
  const { status, retry } = problemCodes[code]
  return status >= 500 && retry === 'later' ? (defaultPauses[code] ?? defaultPauseMs) : undefined
}

/** Any error as the refusal it means; what nobody foresaw is `internal_error`, with the error as its cause. */
export function asProblemError(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error
  const retryAfterMs = error instanceof WechatFault ? error.retryAfterMs : undefined
  return new ProblemError(codeOf(error), { ...(retryAfterMs === undefined ? {} : { retryAfterMs }), cause: error })
}

function codeOf(error: unknown): ProblemCode {
  if (error instanceof StorageFault) return storageProblems[error.code]
  return error instanceof WechatFault ? wechatProblems[error.code] : 'internal_error'
}

/** The refusal as problem details (RFC 9457). */
export function problemOf(error: ProblemError, requestId: string): Problem {
  const { code, field, detail, attemptsLeft, retryAfterMs = pauseOf(code) } = error
  const { status, message, fix, retry } = problemCodes[code]
  return {
    type: `urn:weapp-auth:problem:${code}`,
    title: message.en,
    status,
    code,
    message,
    fix,
    retry,
    ...(field === undefined ? {} : { field }),
    ...(detail === undefined ? {} : { detail }),
    ...(attemptsLeft === undefined ? {} : { attemptsLeft }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    requestId,
  }
}

/** Headers that belong to a refusal: when to come back (RFC 9110, section 10.2.3), how to prove oneself (RFC 6750). */
export function problemHeaders(error: ProblemError): Readonly<Record<string, string>> {
  const { code, retryAfterMs = pauseOf(code) } = error
  if (code === 'token_missing') return { 'www-authenticate': 'Bearer' }
  if (code === 'token_invalid') return { 'www-authenticate': 'Bearer error="invalid_token"' }
  if (code === 'operator_unauthorized') return { 'www-authenticate': 'Bearer realm="weapp-auth operators"' }
  if (code === 'backend_unauthorized') return { 'www-authenticate': 'Basic realm="weapp-auth"' }
  if (retryAfterMs === undefined) return {}
  const seconds = Math.ceil(retryAfterMs / 1000)
  const limit = error instanceof RateLimited ? rateHeaders(error, seconds) : {}
  return { 'retry-after': String(seconds), ...limit }
}

/** RateLimit header fields for HTTP (draft-ietf-httpapi-ratelimit-headers). */
function rateHeaders({ by, requests, windowMs }: RateLimited, seconds: number) {
  const window = Math.ceil(windowMs / 1000)
  return { 'ratelimit-policy': `"${by}";q=${requests};w=${window}`, ratelimit: `"${by}";r=0;t=${seconds}` }
}

/** What the operator is told of the error behind a refusal; `null` when nothing broke. */
export function faultOf({ code, cause }: ProblemError, requestId: string): ServerEvent | null {
  if (cause === undefined) return null
  const frames = cause instanceof Error ? framesOf(cause) : []
  const name = cause instanceof Error ? cause.name : typeof cause
  const wechat = cause instanceof WechatFault ? wechatDetails(cause) : {}
  return { type: 'fault', requestId, code, name, ...wechat, frames }
}

function wechatDetails({ api, errcode, rid }: WechatFault) {
  return { api, ...(errcode === undefined ? {} : { errcode }), ...(rid === undefined ? {} : { rid }) }
}

/** The stack begins with the message, and a message of many lines may look like frames. */
function framesOf({ message, stack = '' }: Error): readonly string[] {
  return stack
    .slice(stack.indexOf(message) + message.length)
    .split('\n')
    .map(line => line.trim())
    .filter(line => line.startsWith('at '))
    .slice(0, 8)
}
