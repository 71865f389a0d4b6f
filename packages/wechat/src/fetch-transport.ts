import { systemTimer, type Timer } from './timer.ts'
import { AnswerBody, closed, type Delivery, reasonOf, type Transport, tooLarge, type WireMessage } from './transport.ts'

/** The web-standard call: the global `fetch`, or the `fetch` of an emulator in the same process. */
export type Fetch = (request: Request) => Promise<Response>

/** Errors before a connection stood: the request cannot have been seen. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** Carries requests over a `fetch` that the caller owns. */
export function createFetchTransport(fetch: Fetch, origin: string, timer: Timer = systemTimer): Transport {
  let isClosed = false
  return {
    async deliver(message, timeoutMs) {
      if (isClosed) return closed
      const abort = new AbortController()
      const answer = exchange(fetch, requestOf(message, origin, abort.signal))
      // A fetch in the same process may not look at the signal, so the time-out does not rely on it.
      const { timeout, stop } = timeoutAfter(timer, timeoutMs, abort)
      const delivery = await Promise.race([answer, timeout])
      stop()
      return delivery
    },
    async close() {
      isClosed = true
    },
  }
}

function requestOf({ method, path, body }: WireMessage, origin: string, signal: AbortSignal): Request {
  const init = { method, redirect: 'manual', signal } as const
  if (body === undefined) return new Request(origin + path, init)
  return new Request(origin + path, { ...init, body, headers: { 'content-type': 'application/json' } })
}

async function exchange(fetch: Fetch, request: Request): Promise<Delivery> {
  try {
    const response = await fetch(request)
    const body = new AnswerBody()
    for await (const chunk of response.body ?? []) if (!body.add(chunk)) return tooLarge
    return body.finish(response.status)
  } catch (error) {
    const reason = reasonOf(error)
    return { status: neverSent.has(reason) ? 'unsent' : 'lost', reason }
  }
}

function timeoutAfter(timer: Timer, ms: number, abort: AbortController) {
  let stop: () => void = () => undefined
  const timeout = new Promise<Delivery>(resolve => {
    stop = timer.after(ms, () => {
      resolve({ status: 'lost', reason: 'timeout' })
      abort.abort()
    })
  })
  return { timeout, stop }
}
