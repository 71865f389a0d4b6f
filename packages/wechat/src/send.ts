import { MalformedAnswer, WechatFault, WechatRefusal, type WireRequest } from '@weapp-auth/protocol/wechat'
import type { Breaker } from './breaker.ts'
import { pause, type Timer } from './timer.ts'
import type { Delivery, Transport, WireMessage } from './transport.ts'
import type { UpstreamEvent } from './upstream-event.ts'

/** One question to WeChat. */
interface Call<T> {
  readonly api: string
  readonly appId: string
  readonly request: WireRequest
  readonly read: (body: unknown) => T
  /** Whether the question uses something up (a code works once), so that a lost answer leaves a doubt. */
  readonly spends: boolean
  /** Whether it may be asked again when no answer came. */
  readonly repeatLost: boolean
  /** When to give up, by the timer. */
  readonly deadline: number
}

/** WeChat understood the question and said no. */
export interface Refusal {
  readonly errcode: number
  /** WeChat's sentence, without anything that we sent. */
  readonly errmsg: string
  readonly rid: string | undefined
  /** True when an earlier attempt of this call got no answer, so that this refusal may be its consequence. */
  readonly afterLost: boolean
}

export type Reply<T> =
  | { readonly status: 'ok'; readonly value: T }
  | { readonly status: 'refused'; readonly refusal: Refusal }

/** Sends a call and repeats it where WeChat's rules allow. Throws WechatFault when there is no usable answer. */
export type Send = <T>(call: Call<T>) => Promise<Reply<T>>

export interface SendTools {
  readonly transport: Transport
  readonly timer: Timer
  /** 0 to 1; spreads repetitions. */
  readonly random: () => number
  readonly observe: (event: UpstreamEvent) => void
  readonly breaker: Breaker
  /** Calls that wait for WeChat at once. */
  readonly maxUnderWay: number
  /** Path before WeChat's own, such as that of a proxy; usually empty. */
  readonly pathPrefix: string
  /** For one attempt, in milliseconds. */
  readonly timeoutMs: number
}

type Attempt<T> =
  | { readonly outcome: 'ok'; readonly value: T }
  | { readonly outcome: 'refused'; readonly refusal: Omit<Refusal, 'afterLost'> }
  | { readonly outcome: 'unsent' | 'lost' | 'unreadable'; readonly reason: string }

/** `final` can only get worse by asking again. */
type Trouble = 'unsent' | 'lost' | 'busy' | 'final'

/** errcode -1, "system error": the one code for which WeChat says "try again". */
const busyErrcode = -1

/** How often a call is repeated for each kind of trouble. */
const repetitions = { unsent: 1, lost: 1, busy: 2, final: 0 } as const satisfies Record<Trouble, number>

export function createSend(tools: SendTools): Send {
  const { transport, timer, random, observe, breaker, maxUnderWay, pathPrefix, timeoutMs } = tools
  let underWay = 0

  return async function send(call) {
    if (underWay >= maxUnderWay) throw notAsked(call, 'too many calls are under way', 1000, 0)
    underWay += 1
    try {
      return await ask(call)
    } finally {
      underWay -= 1
    }
  }

  async function ask<T>(call: Call<T>): Promise<Reply<T>> {
    const message = wireMessage(call.request, pathPrefix)
    const seen = { unsent: 0, lost: 0, busy: 0, final: 0 }
    for (let attempt = 1; ; attempt += 1) {
      const startedAt = timer.now()
      const left = call.deadline - startedAt
      if (left <= 0) throw fault(call, { outcome: 'unsent', reason: 'timeout' }, seen.lost)
      const restMs = breaker.enter(call.appId, startedAt)
      if (restMs > 0) throw notAsked(call, 'it does not answer', restMs, seen.lost)
      const result = judge(await transport.deliver(message, Math.min(timeoutMs, left)), call)
      breaker.settle(call.appId, !isUnanswered(result), timer.now())
      observe(eventOf(call, result, attempt, timer.now() - startedAt))
      if (result.outcome === 'ok') return { status: 'ok', value: result.value }
      const trouble = troubleOf(result, call)
      seen[trouble] += 1
      const pauseMs = 100 * 2 ** (attempt - 1) * (1 + random())
      if (seen[trouble] <= repetitions[trouble] && timer.now() + pauseMs < call.deadline) {
        await pause(timer, pauseMs)
        continue
      }
      if (result.outcome !== 'refused' || trouble === 'busy') throw fault(call, result, seen.lost)
      return { status: 'refused', refusal: { ...result.refusal, afterLost: seen.lost > 0 } }
    }
  }
}

/** Parameters are always escaped: a code such as `x&appid=other` stays one value. */
function wireMessage({ method, path, query, body }: WireRequest, prefix: string): WireMessage {
  const parameters = new URLSearchParams(query).toString()
  const message = { method, path: prefix + path + (parameters && `?${parameters}`) }
  return body === undefined ? message : { ...message, body: JSON.stringify(body) }
}

/**
 * WeChat answers errors with HTTP 200 and an errcode; some endpoints say `text/plain`, so the content type means
 * nothing. Any other status comes from something between us, and its body is not read.
 */
function judge<T>(delivery: Delivery, call: Call<T>): Attempt<T> {
  if (delivery.status !== 'answered') return { outcome: delivery.status, reason: delivery.reason }
  const { httpStatus, text } = delivery
  if (httpStatus >= 500) return { outcome: 'lost', reason: `HTTP ${httpStatus}` }
  if (httpStatus !== 200) return { outcome: 'unreadable', reason: `HTTP ${httpStatus}` }
  const body = parse(text)
  if (body === undefined) return { outcome: 'unreadable', reason: 'the answer is not JSON' }
  try {
    return { outcome: 'ok', value: call.read(body) }
  } catch (error) {
    if (error instanceof WechatRefusal) return { outcome: 'refused', refusal: refusalOf(error, call.request) }
    if (error instanceof MalformedAnswer)
      return { outcome: 'unreadable', reason: `"${error.field}" is not as promised` }
    throw error
  }
}

/** The parser's own error is dropped: it quotes the text, which may hold a session_key. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Some proxies and some errmsgs repeat what was sent; nothing that we sent may come back in an error. */
function refusalOf({ errcode, errmsg, rid }: WechatRefusal, { query, body }: WireRequest): Omit<Refusal, 'afterLost'> {
  const sent = [...Object.values(query), ...(typeof body === 'object' && body !== null ? Object.values(body) : [])]
  let text = errmsg.slice(0, 300)
  for (const value of sent) if (typeof value === 'string' && value.length >= 6) text = text.replaceAll(value, '***')
  return { errcode, errmsg: text, rid }
}

function troubleOf<T>(result: Exclude<Attempt<T>, { outcome: 'ok' }>, { repeatLost }: Call<T>): Trouble {
  switch (result.outcome) {
    case 'unsent':
      // Waiting for a free connection took too long, or we are closed: another try would wait the same way.
      return result.reason === 'timeout' || result.reason === 'closed' ? 'final' : 'unsent'
    case 'lost':
      return repeatLost ? 'lost' : 'final'
    case 'refused':
      return result.refusal.errcode === busyErrcode ? 'busy' : 'final'
    case 'unreadable':
      return 'final'
  }
}

function fault<T>(call: Call<T>, result: Exclude<Attempt<T>, { outcome: 'ok' }>, lost: number): WechatFault {
  const { api, spends } = call
  if (result.outcome === 'refused') {
    const { errcode, rid, errmsg } = result.refusal
    const details = { api, errcode, mayHaveHappened: spends && lost > 0, cause: new Error(errmsg) }
    return new WechatFault('unavailable', rid === undefined ? details : { ...details, rid })
  }
  const { outcome, reason } = result
  const mayHaveHappened = spends && (lost > 0 || outcome !== 'unsent')
  const code = outcome === 'unreadable' ? 'bad-answer' : 'unavailable'
  return new WechatFault(code, { api, mayHaveHappened, cause: new Error(reason) })
}

/** Whether WeChat is not there, or too slow; an answer that is wrong is one. */
const isUnanswered = <T>({ outcome }: Attempt<T>) => outcome === 'unsent' || outcome === 'lost'

/** Nothing has been sent now; an attempt before, of the same call, may have been lost. */
function notAsked<T>({ api, spends }: Call<T>, why: string, retryAfterMs: number, lost: number): WechatFault {
  const cause = new Error(`not asked: ${why}`)
  return new WechatFault('unavailable', { api, mayHaveHappened: spends && lost > 0, retryAfterMs, cause })
}

function eventOf<T>(call: Call<T>, result: Attempt<T>, attempt: number, durationMs: number): UpstreamEvent {
  const event = { api: call.api, appId: call.appId, attempt, durationMs, outcome: result.outcome }
  if (result.outcome === 'ok') return event
  if (result.outcome !== 'refused') return { ...event, reason: result.reason }
  const { errcode, rid } = result.refusal
  return rid === undefined ? { ...event, errcode } : { ...event, errcode, rid }
}
