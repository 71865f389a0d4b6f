import type { ClockTimers } from '../platform/clock-timers.ts'
import type { Fault } from './faults.ts'

interface SpoilTools {
  readonly request: Request
  /** What WeChat would have said. */
  readonly answer: string
  /** That it would have come with. */
  readonly headers: Readonly<Record<string, string>>
  /** Ends what never gets an answer. */
  readonly closing: AbortSignal
  readonly timers: ClockTimers
  errmsg(errcode: number): string
}

/** The answer, or the lack of one, that a fault asks for. Rejects as `fetch` does when there is no answer. */
export async function spoilAnswer(fault: Fault['fault'], tools: SpoilTools): Promise<Response> {
  const { request, answer, headers, closing, timers, errmsg } = tools
  const send = (body: string, status = 200, type?: string) =>
    new Response(body, { status, headers: type === undefined ? headers : { 'content-type': type } })
  const refuse = (errcode: number) => send(JSON.stringify({ errcode, errmsg: errmsg(errcode) }))
  if (typeof fault === 'object' && 'slowMs' in fault) {
    await Promise.race([new Promise<void>(done => timers.after(fault.slowMs, done)), never(request.signal, closing)])
    return send(answer)
  }
  if (typeof fault === 'object') return refuse(fault.errcode)
  switch (fault) {
    case 'refused':
      throw connectionError('ECONNREFUSED')
    case 'reset':
      throw connectionError('ECONNRESET')
    case 'timeout':
      return never(request.signal, closing)
    case 'http-500':
    case 'http-502':
    case 'http-503':
      return send(page(Number(fault.slice(5))), Number(fault.slice(5)), 'text/html')
    case 'html':
      return send(page(200), 200, 'text/html')
    case 'truncated':
      return send(answer.slice(0, Math.floor(answer.length / 2)))
    case 'empty':
      return send('')
    case 'wrong-type':
      return send(JSON.stringify(otherTypes(JSON.parse(answer))))
    case 'not-json':
      return send('busy, come back later')
    case 'busy':
      return refuse(-1)
  }
}

/** Texts for numbers and numbers for texts, everywhere inside. */
function otherTypes(value: unknown): unknown {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return String(value)
  return Array.isArray(value)
    ? value.map(otherTypes)
    : Object.fromEntries(Object.entries(value).map(([key, one]) => [key, otherTypes(one)]))
}

/** What `fetch` of Node rejects with; code that looks at `cause.code` finds it. */
function connectionError(code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })
}

function page(status: number): string {
  return `<html><head><title>${status}</title></head><body><center><h1>${status}</h1></center></body></html>`
}

function never(...signals: AbortSignal[]): Promise<never> {
  return new Promise((_, reject) => {
    const ended = AbortSignal.any(signals)
    if (ended.aborted) return reject(ended.reason)
    ended.addEventListener('abort', () => reject(ended.reason), { once: true })
  })
}
