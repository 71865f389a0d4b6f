import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { wechatHosts } from './test-ca.ts'

/** Takes the CONNECT requests of an HTTP server. */
export type TakeConnect = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

const targets: ReadonlySet<string> = new Set(wechatHosts.map(host => `${host}:443`))

/**
 * A proxy that leads to one place: whoever asks for WeChat's host name gets the emulator. Every other name is refused, so
 * that nothing else is reached through it.
 *
 * @param serve takes the connection as if it had come to the https port
 */
export function createConnectProxy(serve: (socket: Duplex) => void): TakeConnect {
  return ({ url = '' }, socket, head) => {
    socket.on('error', () => socket.destroy())
    if (!targets.has(url.toLowerCase())) {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nonly WeChat\n')
      return
    }
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    if (head.length > 0) socket.unshift(head)
    serve(socket)
  }
}
