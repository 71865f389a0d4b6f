import type { WechatCloud } from '../types.ts'
import { type AsyncApiTools, settle, type WxCallbacks } from './async-api.ts'
import type { WxDevice } from './device.ts'
import { ERRNO, WxFail } from './fail.ts'
import type { HostTimers } from './host-timers.ts'
import type { LifeCycle } from './life-cycle.ts'
import { requestMessage, type WxRequestOptions } from './request-message.ts'

/** How a request leaves the phone: `fetch` of the browser, or a server in the same process. */
export type WxNetwork = (request: Request) => Promise<Response>

export interface WxResponse {
  readonly data: unknown
  readonly statusCode: number
  /** Names as the device spells them: `Content-Type` on iOS, `content-type` elsewhere. */
  readonly header: Readonly<Record<string, string>>
  readonly cookies: readonly string[]
}

type HeadersListener = (result: Omit<WxResponse, 'data'>) => void

export interface RequestTask {
  abort(): void
  onHeadersReceived(listener: HeadersListener): void
  offHeadersReceived(listener?: HeadersListener): void
}

export type RequestApi = (options: WxRequestOptions & WxCallbacks<WxResponse>) => RequestTask

interface RequestTools {
  readonly appId: string
  readonly device: WxDevice
  readonly network: WxNetwork
  readonly domains: readonly string[] | undefined
  readonly timers: HostTimers
  readonly life: LifeCycle
  readonly tools: AsyncApiTools
  readonly note: (entry: Parameters<WechatCloud['note']>[1]) => void
}

const DEFAULT_TIMEOUT_MS = 60_000
const AT_ONCE = 10

/** `wx.request`: ten at a time, more wait; cut off when the mini program is suspended. */
export function createRequest(world: RequestTools): RequestApi {
  const { life, tools } = world
  const line = createLine(AT_ONCE)
  const flying = new Set<(fail: WxFail) => void>()
  const interrupted = () => new WxFail('interrupted', ERRNO.interrupted)
  life.onSuspend(() => {
    for (const stop of flying) stop(interrupted())
  })

  return options => {
    const controller = new AbortController()
    const listeners = new Set<HeadersListener>()
    let stop: (fail: WxFail) => void = () => {}
    const stopped = new Promise<never>((_, reject) => {
      stop = fail => {
        reject(fail)
        controller.abort()
      }
    })
    flying.add(stop)
    if (life.state === 'suspended') stop(interrupted())
    const heard = (answer: Omit<WxResponse, 'data'>) => {
      for (const listener of listeners) tools.deliver(() => listener(answer))
    }
    const sent = line(() => send(world, options, { signal: controller.signal, stop, heard }))
    const done = Promise.race([stopped, sent])
    // A stopped request also rejects inside; nobody waits for that one any more.
    sent.catch(() => {})
    done.then(
      ({ statusCode }) => noteEnd(world, options, statusCode),
      error => noteEnd(world, options, error instanceof Error ? error.message : String(error)),
    )
    settle(
      'request',
      options,
      done.finally(() => flying.delete(stop)),
      tools,
    )
    return {
      abort: () => stop(new WxFail('abort')),
      onHeadersReceived: listener => void listeners.add(listener),
      offHeadersReceived: listener => void (listener ? listeners.delete(listener) : listeners.clear()),
    }
  }
}

interface Flight {
  readonly signal: AbortSignal
  readonly stop: (fail: WxFail) => void
  readonly heard: HeadersListener
}

async function send(world: RequestTools, options: WxRequestOptions, { signal, stop, heard }: Flight) {
  if (signal.aborted) throw new WxFail('abort')
  const request = requestMessage(options, signal, world)
  const cancel = world.timers.after(options.timeout ?? DEFAULT_TIMEOUT_MS, () =>
    stop(new WxFail('timeout', ERRNO.timeout)),
  )
  try {
    const response = await world.network(request)
    const head = headOf(response, world.device)
    heard(head)
    return { ...head, data: await dataOf(response, options) }
  } catch {
    throw new WxFail(unreachable[world.device.platform], ERRNO.requestFailed)
  } finally {
    cancel()
  }
}

function headOf(response: Response, { platform }: WxDevice): Omit<WxResponse, 'data'> {
  const spell = (name: string) => name.replace(/(^|-)([a-z])/g, letters => letters.toUpperCase())
  const names = [...response.headers].map(([name, value]) => [platform === 'ios' ? spell(name) : name, value] as const)
  return {
    statusCode: response.status,
    header: Object.fromEntries(names),
    cookies: response.headers.getSetCookie?.() ?? [],
  }
}

async function dataOf(response: Response, { dataType = 'json', responseType = 'text' }: WxRequestOptions) {
  if (responseType === 'arraybuffer') return response.arrayBuffer()
  const text = await response.text()
  if (dataType !== 'json') return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

/** What each platform says when nobody answers. */
const unreachable: Record<WxDevice['platform'], string> = {
  ios: '未能连接到服务器。',
  android: 'errcode:-102 cronet_error_code:-102 error_msg:net::ERR_CONNECTION_REFUSED',
  devtools: '',
}

/** At most `limit` jobs at a time, in the order of their arrival. */
function createLine(limit: number): <T>(job: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let busy = 0
  return async job => {
    if (busy >= limit) await new Promise<void>(resolve => waiting.push(resolve))
    else busy += 1
    try {
      return await job()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else busy -= 1
    }
  }
}

/** Only method, host and path: a query may hold a secret. */
function noteEnd({ note }: RequestTools, { url, method = 'GET' }: WxRequestOptions, end: number | string): void {
  const to = String(url).split(/[?#]/, 1)[0] ?? ''
  const ok = typeof end === 'number' && end < 400
  note({
    what: 'wx.request',
    ok,
    text: { zh: `wx.request ${method} ${to}：${end}`, en: `wx.request ${method} ${to}: ${end}` },
    facts: { method, url: to, ...(typeof end === 'number' ? { status: end } : { failure: end }) },
  })
}
