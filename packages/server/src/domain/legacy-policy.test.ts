import { describe, expect, it } from 'vitest'
import { readApps } from './app-policy.ts'
import { type LegacyPolicy, readLegacy } from './legacy-policy.ts'

describe('old formats', () => {
  it('are off by default', () => {
    expect(readApps([{ appId: 'wx1' }]).get('wx1')?.legacy).toBeNull()
    expect(readLegacy({ formats: [] }, 'legacy')).toBeNull()
  })

  it('have the paths of their documents, unless others are given', () => {
    const paths = { '004': { login: '/wx/session' } }
    expect(readLegacy({ formats: ['001', '004'], paths }, 'legacy')?.doors).toEqual([
      { format: '001', step: 'login', path: '/v1.0/pub/openId' },
      { format: '001', step: 'phone', path: '/v1.0/pub/decode' },
      { format: '004', step: 'login', path: '/wx/session' },
      { format: '004', step: 'phone', path: '/004/phone' },
    ])
  })

  it('need open data', () => {
    const legacy: LegacyPolicy = { formats: ['001'] }
    expect(() => readApps([{ appId: 'wx1', legacy }])).toThrow('"apps[0].openData" must not be off')
  })

  it.each<[string, unknown, string]>([
    ['an unknown format', { formats: ['005'] }, '"legacy.formats" must be a list of 000, 001, 002, 003a, 003b, 004'],
    ['formats that are no list', { formats: '001' }, '"legacy.formats" must be'],
    [
      'a path of our own',
      { formats: ['003b'], paths: { '003b': { phone: '/v1/login' } } },
      '"legacy.paths.003b.phone" must not',
    ],
    ['the health of the server', { formats: ['003b'], paths: { '003b': { phone: '/healthz' } } }, 'must not be a path'],
    [
      'a path with a place in it',
      { formats: ['003b'], paths: { '003b': { phone: '/{x}' } } },
      'must be a path such as',
    ],
    ['a path with a star', { formats: ['003b'], paths: { '003b': { phone: '/*' } } }, 'must be a path such as'],
    ['a path that climbs', { formats: ['003b'], paths: { '003b': { phone: '/a/../b' } } }, 'must be a path such as'],
    [
      'one path for two',
      { formats: ['003b', '004'], paths: { '004': { phone: '/user' } } },
      '"legacy.paths.004.phone"',
    ],
    ['a header with a space', { formats: ['000'], tokenHeader: 'a b' }, '"legacy.tokenHeader" must be'],
    ['real openids with 003a', { formats: ['003a'], exposeOpenId: true }, '"legacy.exposeOpenId" must be false'],
    ['text for a switch', { formats: ['001'], exposeOpenId: 'yes' }, '"legacy.exposeOpenId" must be true or false'],
  ])('refuse %s', (_, policy, message) => {
    expect(() => readLegacy(policy as LegacyPolicy, 'legacy')).toThrow(message)
  })
})
