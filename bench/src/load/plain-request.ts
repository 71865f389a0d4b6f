import type { HttpRequest } from '@weapp-auth/server'

/** A request for `server.answer`, without a socket. */
export function plainRequest(method: 'GET' | 'POST', path: string, body?: object, token?: string): HttpRequest {
  const bytes = Buffer.from(body ? JSON.stringify(body) : '')
  const headers = new Headers({ 'content-type': 'application/json', 'content-length': String(bytes.length) })
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`)
  const whole = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)
  return { method, url: `http://127.0.0.1${path}`, headers, body: [bytes], arrayBuffer: async () => whole }
}
