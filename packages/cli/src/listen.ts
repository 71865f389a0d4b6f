import { createServer, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import type { Certified } from '@weapp-auth/emulator/certificates'
import type { Arrival, Server as AuthServer } from '@weapp-auth/server'
import { toNodeHandler } from '@weapp-auth/server/node'
import { CliFault } from './cli-fault.ts'
import type { TakeConnect } from './tls/connect-proxy.ts'

/** Who answers: the auth server itself, or any web-standard handler; `arrival` carries the address at the other end. */
type Answering =
  | { readonly answer: AuthServer['answer'] }
  | { readonly fetch: (request: Request, arrival: Arrival) => Promise<Response> }

export type ListenOptions = Answering & {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** How to choose another port, such as `--port`. */
  readonly portFlag: string
  /** Serves https with this certificate. Default: plain http. */
  readonly tls?: Certified
  /** Takes CONNECT requests. Default: the connection is closed. */
  readonly connect?: TakeConnect
}

/** An open port. */
export interface Listener {
  /** Such as `http://127.0.0.1:8787`. */
  readonly url: string
  /** From now on each answer closes its connection, so that the next request goes elsewhere. */
  drain(): void
  /** Takes no new request, lets running ones end, cuts off what is left after `graceMs`. */
  close(graceMs?: number): Promise<void>
  /** Serves a connection that came in some other way. */
  take(socket: Duplex): void
}

/**
 * How long an idle connection is kept. Longer than proxies keep theirs (60 s is common): one that we close first may
 * close under a request that is just on its way, and a POST is not sent twice.
 */
const keepAliveTimeout = 75_000
/** How long a stop waits for requests under way. */
const cutOffMs = 10_000

/**
 * Opens a port. A client that sends its headers or its request too slowly is cut off, so that a few of them cannot
 * hold every connection.
 *
 * @throws CliFault that names the port and says what to do.
 */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { host, port, portFlag, tls, connect } = options
  const limits = {
    headersTimeout: 10_000,
    requestTimeout: 15_000,
    // Node looks for those who are too slow only so often: by default every 30 s, which would be the limit then.
    connectionsCheckingInterval: 1000,
    keepAliveTimeout,
    maxHeaderSize: 8192,
  }
  const handle = 'answer' in options ? toNodeHandler(options) : toListener(options.fetch)
  const server = tls
    ? createHttpsServer({ ...limits, key: tls.key, cert: tls.certificate }, handle)
    : createServer(limits, handle)
  if (connect) server.on('connect', connect)
  const drain = createDrain(server)
  const taken = new Set<Duplex>()
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, () => resolve())
    })
  } catch (error) {
    throw explain(error, host, port, portFlag)
  }
  const address = server.address() as AddressInfo
  return {
    url: `${tls ? 'https' : 'http'}://${urlHost(host)}:${address.port}`,
    drain,
    close(graceMs = cutOffMs) {
      drain()
      return shut(server, taken, graceMs)
    },
    take(socket) {
      taken.add(socket)
      socket.once('close', () => taken.delete(socket))
      server.emit('connection', socket)
    },
  }
}

function toListener(fetch: (request: Request, arrival: Arrival) => Promise<Response>) {
  return getRequestListener((request, { incoming }) =>
    fetch(request, { ip: incoming.socket?.remoteAddress }).catch(error =>
      hangUp(error, () => incoming.socket?.destroy()),
    ),
  )
}

/** The emulator's faults `refused` and `reset` have no answer: on a port the connection breaks, a status 500 would be one. */
function hangUp(error: unknown, breakConnection: () => void): never {
  const { cause } = error as { readonly cause?: { readonly code?: unknown } }
  if (cause?.code === 'ECONNREFUSED' || cause?.code === 'ECONNRESET') breakConnection()
  throw error
}

/** An address in a URL: IPv6 in brackets, "everywhere" as this machine. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

/** Lets go of connections politely: each answer says that it is the last, those under way too. */
function createDrain(server: Server): () => void {
  const underWay = new Set<ServerResponse>()
  let draining = false
  const letGo = (response: ServerResponse) => response.headersSent || response.setHeader('connection', 'close')
  server.prependListener('request', (_, response) => {
    if (draining) letGo(response)
    underWay.add(response)
    response.once('close', () => underWay.delete(response))
  })
  return () => {
    draining = true
    for (const response of underWay) letGo(response)
  }
}

async function shut(server: Server, taken: ReadonlySet<Duplex>, graceMs: number): Promise<void> {
  const cut = setTimeout(() => {
    server.closeAllConnections()
    // One that has not spoken yet is no connection of the server.
    for (const socket of taken) socket.destroy()
  }, graceMs)
  const closed = new Promise<void>(resolve => server.close(() => resolve()))
  server.closeIdleConnections()
  // The server does not count what it did not accept itself.
  await Promise.all([closed, ...[...taken].map(socket => new Promise(resolve => socket.once('close', resolve)))])
  clearTimeout(cut)
}

function explain(error: unknown, host: string, port: number, portFlag: string): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new CliFault(
        'unavailable',
        {
          zh: `端口 ${port} 已被占用，可能是另一个正在运行的 weapp-auth，也可能是别的程序（用 "${whoHolds(port)}" 查看）。请先结束它，或用 ${portFlag} 另选端口。`,
          en: `Port ${port} is in use, perhaps by another weapp-auth that is still running (see "${whoHolds(port)}"). End that program, or choose another port with ${portFlag}.`,
        },
        error,
      )
    case 'EACCES':
      return new CliFault(
        'noPermission',
        {
          zh: `没有权限监听端口 ${port}。1024 以下的端口通常需要管理员权限，请用 ${portFlag} 另选端口。`,
          en: `This user may not listen on port ${port}. Ports below 1024 usually need an administrator; choose another one with ${portFlag}.`,
        },
        error,
      )
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new CliFault(
        'config',
        {
          zh: `HOST 应当是本机的地址，"${host}" 不是。用 127.0.0.1 只接受本机访问，用 0.0.0.0 接受所有网络。`,
          en: `HOST must be an address of this machine, "${host}" is not. Use 127.0.0.1 for this machine only, 0.0.0.0 for every network.`,
        },
        error,
      )
    default:
      return error
  }
}

function whoHolds(port: number): string {
  return process.platform === 'win32' ? `netstat -ano | findstr :${port}` : `lsof -i :${port}`
}
