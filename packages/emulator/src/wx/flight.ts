import { type AsyncApiTools, settle, type WxCallbacks } from './async-api.ts'
import type { Connection } from './connection.ts'
import type { WxDevice } from './device.ts'
import { ERRNO, WxFail } from './fail.ts'
import type { HostTimers } from './host-timers.ts'
import type { LifeCycle } from './life-cycle.ts'
import type { Note } from './note.ts'

/** How a request leaves the phone: `fetch` of the browser, or a server in the same process. */
export type WxNetwork = (request: Request) => Promise<Response>

/** Status and headers, without what follows. */
export interface ResponseHead {
  readonly statusCode: number
  /** Names as the device spells them: `Content-Type` on iOS, `content-type` elsewhere. */
  readonly header: Readonly<Record<string, string>>
  readonly cookies: readonly string[]
}

type HeadersListener = (result: ResponseHead) => void

export interface FlightTask {
  abort(): void
  onHeadersReceived(listener: HeadersListener): void
  offHeadersReceived(listener?: HeadersListener): void
}

/** What the three ways to the network have in common. */
export interface FlightTools {
  readonly appId: string
  readonly device: WxDevice
  readonly network: WxNetwork
  readonly connection: Pick<Connection, 'online'>
  /** Origins that may be called; undefined: all. */
  readonly domains: readonly string[] | undefined
  readonly timers: HostTimers
  readonly life: LifeCycle
  readonly tools: AsyncApiTools
  readonly note: Note
}

/** What every one of them may be told. */
export interface FlightOptions {
  readonly url: string
  readonly method?: string
  /** Milliseconds. Default: 60000. */
  readonly timeout?: number
}

/** One request on its way. */
interface Flight {
  readonly signal: AbortSignal
  /** Sends it, under the timeout. Throws in the platform's words when nobody answers. */
  send<T>(request: Request, read: (response: Response, head: ResponseHead) => Promise<T>): Promise<T>
}

/** Starts a request: `run` makes and sends it when its turn has come. */
type Fly = <Options extends FlightOptions, Result extends object>(
  options: Options & WxCallbacks<Result>,
  run: (flight: Flight, options: Options) => Promise<Result>,
) => FlightTask

const DEFAULT_TIMEOUT_MS = 60_000
const AT_ONCE = 10

/** Ten at a time, more wait; cut off when the mini program is suspended. */
export function createFly(api: string, world: FlightTools): Fly {
  const { life, tools } = world
  const line = createLine(AT_ONCE)
  const flying = new Set<(fail: WxFail) => void>()
  const interrupted = () => new WxFail('interrupted', ERRNO.interrupted)
  life.onSuspend(() => {
    for (const stop of flying) stop(interrupted())
  })

  return (options, run) => {
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
    const planned = tools.before(api)
    if (planned) stop(planned)
    else if (life.state === 'suspended') stop(interrupted())
    const flight: Flight = {
      signal: controller.signal,
      send: (request, read) =>
        send(world, request, options, stop, (response, head) => {
          for (const listener of listeners) tools.deliver(() => listener(head))
          return read(response, head)
        }),
    }
    const sent = line(async () => {
      if (controller.signal.aborted) throw new WxFail('abort')
      // A network that does not hear the signal must not hold its place in the line.
      return Promise.race([stopped, run(flight, options)])
    })
    const done = Promise.race([stopped, sent])
    // A stopped request also rejects inside; nobody waits for that one any more.
    sent.catch(() => {})
    done.then(
      result => noteEnd(world.note, api, options, (result as Partial<ResponseHead>).statusCode ?? 0),
      error => noteEnd(world.note, api, options, error instanceof Error ? error.message : String(error)),
    )
    settle(
      api,
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

async function send<T>(
  { network, connection, device, timers }: FlightTools,
  request: Request,
  { timeout = DEFAULT_TIMEOUT_MS }: FlightOptions,
  stop: (fail: WxFail) => void,
  read: (response: Response, head: ResponseHead) => Promise<T>,
): Promise<T> {
  const cancel = timers.after(timeout, () => stop(new WxFail('timeout', ERRNO.timeout)))
  try {
    if (!connection.online) throw new WxFail(disconnected[device.platform], ERRNO.requestFailed)
    const response = await network(request)
    return await read(response, headOf(response, device))
  } catch (error) {
    throw error instanceof WxFail ? error : new WxFail(unreachable[device.platform], ERRNO.requestFailed)
  } finally {
    cancel()
  }
}

function headOf(response: Response, { platform }: WxDevice): ResponseHead {
  const spell = (name: string) => name.replace(/(^|-)([a-z])/g, letters => letters.toUpperCase())
  const names = [...response.headers].map(([name, value]) => [platform === 'ios' ? spell(name) : name, value] as const)
  return {
    statusCode: response.status,
    header: Object.fromEntries(names),
    cookies: response.headers.getSetCookie?.() ?? [],
  }
}

/** What each platform says when nobody answers … */
const unreachable: Record<WxDevice['platform'], string> = {
  ios: '未能连接到服务器。',
  android: 'errcode:-102 cronet_error_code:-102 error_msg:net::ERR_CONNECTION_REFUSED',
  devtools: '',
}

/** … and when there is no network. */
const disconnected: Record<WxDevice['platform'], string> = {
  ios: '似乎已断开与互联网的连接。',
  android: 'errcode:-106 cronet_error_code:-106 error_msg:net::ERR_INTERNET_DISCONNECTED',
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
function noteEnd(
  note: Note,
  api: string,
  { url, method = METHODS[api] ?? 'GET' }: FlightOptions,
  end: number | string,
): void {
  const to = String(url).split(/[?#]/, 1)[0] ?? ''
  const ok = typeof end === 'number' && end < 400
  note({
    what: `wx.${api}`,
    ok,
    text: { zh: `wx.${api} ${method} ${to}：${end}`, en: `wx.${api} ${method} ${to}: ${end}` },
    facts: { method, url: to, ...(typeof end === 'number' ? { status: end } : { failure: end }) },
  })
}

const METHODS: Readonly<Record<string, string>> = { uploadFile: 'POST' }
