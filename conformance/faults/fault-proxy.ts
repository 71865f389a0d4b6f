import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/**
 * What happens on the way:
 * - `refused`: the port is closed, no connection is made;
 * - `lost-request`: nothing of it arrives, and no answer comes; `lost-answer`: it arrives and is acted upon, no answer comes;
 * - `answer`: it arrives, and these bytes come back instead of the answer, then the connection ends; `stalls`: it stays
 *   open, as if there were more to come.
 */
type WireFault =
  | 'refused'
  | 'lost-request'
  | 'lost-answer'
  | { readonly answer: (genuine: Genuine) => Uint8Array; readonly stalls?: boolean }

/** An answer as it would have been. */
interface Genuine {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** A request that came through. */
interface Passed {
  readonly path: string
  readonly query: URLSearchParams
  readonly body: string
}

type Hit = (request: Passed) => boolean

/** A proxy between two parts, which breaks what it is told to break. */
export interface FaultProxy {
  readonly origin: string
  /** Every request that came here, also those that did not arrive. */
  readonly passed: readonly Passed[]
  /** The text of every answer of the other side, also of those that did not come back. */
  readonly heard: readonly string[]
  /**
   * From now on, for requests that are `hit` (default: all), so many `times` (default: always); `null`: nothing is broken
   * any more.
   */
  breakWith(fault: WireFault | null, where?: { readonly hit?: Hit; readonly times?: number }): Promise<void>
  close(): Promise<void>
}

/** Opens a port in front of `target`. `onStall` is told each time when somebody begins to wait for what never comes. */
export async function openFaultProxy(target: () => string, onStall: () => void = () => {}): Promise<FaultProxy> {
  const passed: Passed[] = []
  const heard: string[] = []
  let broken: { readonly fault: WireFault; readonly hit: Hit; left: number } | null = null
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy())
  })
  server.on('connection', socket => {
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
  })
  await open(0)
  const { port } = server.address() as AddressInfo

  function open(at: number): Promise<void> {
    return new Promise((resolve, reject) => server.once('error', reject).listen(at, '127.0.0.1', () => resolve()))
  }

  async function shut(): Promise<void> {
    if (!server.listening) return
    const closed = new Promise(resolve => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://proxy')
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const came = { path: pathname, query: searchParams, body: body.toString() }
    passed.push(came)
    const fault = faultOf(came)
    if (fault === 'lost-request') return onStall()
    const genuine = await forward(request, body)
    heard.push(genuine.text)
    if (fault === 'lost-answer') return onStall()
    if (fault === null || fault === 'refused') {
      response.writeHead(genuine.status, headersOf(genuine)).end(genuine.text)
      return
    }
    const bytes = fault.answer(genuine)
    if (!fault.stalls) return void request.socket.end(bytes)
    request.socket.write(bytes, () => setImmediate(onStall))
  }

  function faultOf(came: Passed): WireFault | null {
    if (!broken || broken.left === 0 || !broken.hit(came)) return null
    broken.left -= 1
    return broken.fault
  }

  async function forward({ url = '/', method = 'GET', headers }: IncomingMessage, body: Buffer): Promise<Genuine> {
    const { 'content-type': type, authorization } = headers
    const answer = await fetch(target() + url, {
      method,
      redirect: 'manual',
      headers: { ...(type && { 'content-type': type }), ...(authorization && { authorization }) },
      body: body.length > 0 ? body : null,
    })
    return { status: answer.status, headers: answer.headers, text: await answer.text() }
  }

  return {
    origin: `http://127.0.0.1:${port}`,
    passed,
    heard,
    async breakWith(fault, { hit = () => true, times = Number.POSITIVE_INFINITY } = {}) {
      broken = fault === null ? null : { fault, hit, left: times }
      if (fault === 'refused') await shut()
      else if (!server.listening) await open(port)
    },
    close: shut,
  }
}

/** As it came, but for what belongs to the former connection. */
function headersOf({ headers, text }: Genuine): Record<string, string> {
  const {
    connection: _,
    'keep-alive': __,
    'transfer-encoding': ___,
    'content-encoding': ____,
    ...kept
  } = Object.fromEntries(headers)
  return { ...kept, 'content-length': String(Buffer.byteLength(text)) }
}

/** An HTTP answer as bytes, whatever is in it. */
export function httpAnswer(body: Uint8Array | string, headers: Readonly<Record<string, string>> = {}): Uint8Array {
  const content = Buffer.from(body)
  const fields = { 'content-type': 'application/json', 'content-length': String(content.length), ...headers }
  const head = Object.entries({ ...fields, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${head.join('')}\r\n`), content])
}
