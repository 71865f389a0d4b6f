import { expect, test } from 'vitest'
import { parseErrmsg } from './parse-errmsg.ts'

test.each([
  ['invalid code, rid: 6129ee10-272863a4-64d75414', { text: 'invalid code', rid: '6129ee10-272863a4-64d75414' }],
  [
    'invalid code hint: [mGhbWV0sf-LxnVma] rid: 65f3e9f7-77cf1a1c-0dd74a0e',
    { text: 'invalid code', hint: 'mGhbWV0sf-LxnVma', rid: '65f3e9f7-77cf1a1c-0dd74a0e' },
  ],
  ['invalid code, hints: [ req_id: uhJDVZyFe-YZguHA ]', { text: 'invalid code', hint: 'uhJDVZyFe-YZguHA' }],
  [' rid: 6374a31a-1d2ecec6-3d2c5d0a', { text: '', rid: '6374a31a-1d2ecec6-3d2c5d0a' }],
  ['ok', { text: 'ok' }],
  ['', { text: '' }],
  [
    'invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 6129ee10-272863a4-64d75414',
    { text: 'invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist', rid: '6129ee10-272863a4-64d75414' },
  ],
  ['invalid grid: 12', { text: 'invalid grid: 12' }],
  ['rid: 6129ee10', { text: 'rid: 6129ee10' }],
])('%o', (errmsg, parts) => {
  expect(parseErrmsg(errmsg)).toEqual(parts)
})

test('a hostile text costs next to nothing', () => {
  for (const part of ['hint: [', 'rid: ', ' ', ',', 'hints: [ req_id: a']) {
    const started = performance.now()
    parseErrmsg(part.repeat(20_000))
    expect(performance.now() - started).toBeLessThan(2_000)
  }
})
