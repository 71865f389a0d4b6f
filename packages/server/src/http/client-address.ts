import { BlockList, isIPv4, isIPv6 } from 'node:net'
import type { HttpHeaders } from './http-message.ts'

/** Addresses of machines and networks of one's own: behind one stands a proxy, and behind that everybody. */
const ownNetworks = new BlockList()
for (const [network, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const)
  ownNetworks.addSubnet(network, bits)
ownNetworks.addAddress('::1', 'ipv6')
ownNetworks.addSubnet('fc00::', 7, 'ipv6')
ownNetworks.addSubnet('fe80::', 10, 'ipv6')

/** Where a request comes from, as the host of the server knows it. */
export interface Arrival {
  /** The address at the other end of the connection. */
  readonly ip?: string | undefined
  /** True: it came off a connection, so that it may have waited for the event loop. `toNodeHandler` says so. */
  readonly queued?: boolean | undefined
  /** What `@hono/node-server` hands over: the address is read from it when `ip` is not given. */
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string | undefined } | undefined } | undefined
}

/**
 * The address to count by; `null` when nobody can say who it is: none was given, or it is that of a proxy. Counting
 * those would let one caller use up what belongs to all. Of an IPv6 address only the network counts (64 bits): each of
 * them has more addresses than anybody can count.
 *
 * With `trustProxy` so many proxies stand in front, each of which adds to `x-forwarded-for` whom it talks to; what
 * stands further left is the client's own invention.
 *
 * @example
 * clientAddress(new Headers(), { ip: '203.0.113.7' }, 0) // '203.0.113.7'
 */
export function clientAddress(headers: HttpHeaders, { ip, incoming }: Arrival, trustProxy: number): string | null {
  const address = trustProxy === 0 ? (ip ?? incoming?.socket?.remoteAddress) : forwardedFor(headers, trustProxy)
  return address === undefined ? null : remembered(address)
}

/** Keys of addresses that came before: a connection brings many requests, and to compare networks costs more than to find it. */
const known = new Map<string, string | null>()
const mostKnown = 10_000

function remembered(address: string): string | null {
  const key = known.get(address)
  if (key !== undefined) return key
  const counted = countedAs(address)
  if (known.size >= mostKnown) known.clear()
  known.set(address, counted)
  return counted
}

function forwardedFor(headers: HttpHeaders, hops: number): string | undefined {
  return headers.get('x-forwarded-for')?.split(',').at(-hops)?.trim()
}

function countedAs(address: string): string | null {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (isIPv4(plain)) return ownNetworks.check(plain) ? null : plain
  if (!isIPv6(plain) || ownNetworks.check(plain, 'ipv6')) return null
  const [head = '', tail = ''] = plain.toLowerCase().split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  const groups = [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right]
  const network = groups.slice(0, 4).map(group => group.replace(/^0+(?=.)/, ''))
  return `${network.join(':')}::/64`
}
