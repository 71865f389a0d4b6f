import { connect, type Socket } from 'node:net'
import { routes } from '@weapp-auth/protocol/contract'

/** How a slow client goes about it: it never ends its headers, or its body. */
type Slowness = 'headers' | 'body'

const beginning: Readonly<Record<Slowness, string>> = {
  headers: `POST ${routes.login} HTTP/1.1\r\nHost: slow\r\nX-Slow: `,
  body: `POST ${routes.login} HTTP/1.1\r\nHost: slow\r\nContent-Type: application/json\r\nContent-Length: 2000\r\n\r\n`,
}

/** One client that sends a byte every `everyMs` and never comes to its end. */
export interface SlowClient {
  /** What the server said, once the connection is closed, and after how long. */
  readonly closed: Promise<{ readonly said: string; readonly afterMs: number }>
  stop(): void
}

export async function openSlowClient(origin: string, first: string, everyMs = 1000): Promise<SlowClient> {
  const socket = await open(origin)
  const since = performance.now()
  let said = ''
  socket.on('data', data => {
    said += data
  })
  const closed = new Promise<{ said: string; afterMs: number }>(resolve => {
    socket.once('close', () => resolve({ said, afterMs: performance.now() - since }))
  })
  socket.write(first)
  const dripping = setInterval(() => socket.write('x'), everyMs)
  const stop = () => {
    clearInterval(dripping)
    socket.destroy()
  }
  socket.once('close', stop)
  return { closed, stop }
}

/** So many at once, half of each kind. Resolves when all are connected; what it returns lets them go. */
export async function openSlowCrowd(origin: string, count: number): Promise<() => void> {
  const clients = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      openSlowClient(origin, beginning[index % 2 === 0 ? 'headers' : 'body']),
    ),
  )
  return () => {
    for (const client of clients) client.stop()
  }
}

export const beginOf = (slowness: Slowness) => beginning[slowness]

function open(origin: string): Promise<Socket> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => resolve(socket))
    socket.once('error', reject).on('error', () => {})
  })
}
