import { describe, expect, it } from 'vitest'
import { clientAddress } from './client-address.ts'

const none = new Headers()

function through(list: string, trustProxy: number): string | null {
  return clientAddress(new Headers({ 'x-forwarded-for': list }), { ip: '127.0.0.1' }, trustProxy)
}

describe('the address of a client', () => {
  it('is that of the connection, given or as the host hands it over', () => {
    expect(clientAddress(none, { ip: '203.0.113.7' }, 0)).toBe('203.0.113.7')
    expect(clientAddress(none, { incoming: { socket: { remoteAddress: '203.0.113.7' } } }, 0)).toBe('203.0.113.7')
    expect(clientAddress(none, { ip: '::ffff:203.0.113.7' }, 0)).toBe('203.0.113.7')
    expect(clientAddress(none, {}, 0)).toBeNull()
    expect(clientAddress(none, { incoming: { socket: {} } }, 0)).toBeNull()
  })

  it.each([
    '127.0.0.1',
    '::1',
    '::ffff:127.0.0.1',
    '10.1.2.3',
    '172.20.0.1',
    '192.168.1.1',
    'fd12::1',
    'fe80::1%eth0',
    'unknown',
    '',
  ])('is not known when it is that of a proxy or none at all: %s', ip => {
    expect(clientAddress(none, { ip }, 0)).toBeNull()
  })

  it('is the network of an IPv6 address, however it is written', () => {
    for (const ip of ['2001:db8:1:2::5', '2001:db8:1:2:ffff:0:0:1', '2001:0DB8:0001:0002::', '2001:db8:1:2:3:4:5:6'])
      expect(clientAddress(none, { ip }, 0)).toBe('2001:db8:1:2::/64')
    expect(clientAddress(none, { ip: '2001:db8::1' }, 0)).toBe('2001:db8:0:0::/64')
  })

  it('does not believe a header that nobody vouches for', () => {
    const headers = new Headers({ 'x-forwarded-for': '198.51.100.1' })
    expect(clientAddress(headers, { ip: '203.0.113.7' }, 0)).toBe('203.0.113.7')
  })

  it('is what the outermost trusted proxy saw; what the client wrote before it does not count', () => {
    expect(through('203.0.113.7', 1)).toBe('203.0.113.7')
    expect(through('198.51.100.1, 203.0.113.7', 1)).toBe('203.0.113.7')
    expect(through('198.51.100.1, 203.0.113.7, 10.0.0.2', 2)).toBe('203.0.113.7')
    expect(through('203.0.113.7', 2)).toBeNull()
    expect(through('nonsense', 1)).toBeNull()
    expect(clientAddress(none, { ip: '203.0.113.7' }, 1)).toBeNull()
  })
})
