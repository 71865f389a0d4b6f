import type { WxNetwork } from '@weapp-auth/emulator/wx'

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/

/**
 * How the phone reaches the world: this machine, whatever the port, is the server that sent this page, so that the
 * address in the mini program's configuration needs no change. Everything else is refused by the page's
 * Content-Security-Policy, as it is by WeChat for a domain that is not on the list.
 */
export const phoneNetwork: WxNetwork = async request => {
  const { method, signal } = request
  const headers = new Headers(request.headers)
  // A browser sends its own; `weapp-auth dev` puts the phone's back.
  headers.set('x-phone-user-agent', headers.get('user-agent') ?? '')
  const body = method === 'GET' || method === 'HEAD' ? null : await request.arrayBuffer()
  return fetch(phoneAddress(request.url, location.origin), { method, headers, body, signal, credentials: 'omit' })
}

/** Milliseconds that a slow network adds to every request. */
const SLOW_MS = 2500

/** The network of {@link phoneNetwork} as it is where the signal is weak. */
export const slowNetwork: WxNetwork = async request => {
  await new Promise(resolve => setTimeout(resolve, SLOW_MS))
  return phoneNetwork(request)
}

/** The network of {@link phoneNetwork} while the mini program's own server is down. */
export const noServer: WxNetwork = () => Promise.reject(new TypeError('the server is down'))

/** The address of a picture, when this machine serves it. */
export function pictureAddress(url: string): string | undefined {
  const address = phoneAddress(url, location.origin)
  return address.startsWith(location.origin) ? address : undefined
}

/**
 * @example
 * phoneAddress('http://127.0.0.1:8787/v1/me', 'http://localhost:5000') // 'http://localhost:5000/v1/me'
 */
export function phoneAddress(url: string, here: string): string {
  const { hostname, pathname, search } = new URL(url)
  return loopback.test(hostname) ? `${here}${pathname}${search}` : url
}
