import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { transformSync } from 'esbuild'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import vectors from '../../vectors/errmsgs.json' with { type: 'json' }
import { errmsgs } from './errmsgs.ts'
import { type FailureReason, identifyFailure } from './identify-failure.ts'

const reasons: Readonly<Record<string, FailureReason>> = {
  user_denied: 'declined',
  user_cancelled: 'cancelled',
  not_entitled: 'not-permitted',
  privacy_not_agreed: 'privacy-not-agreed',
  privacy_not_declared: 'privacy-not-declared',
  quota_exhausted: 'quota-exhausted',
  not_in_tap_gesture: 'not-in-tap',
  session_expired: 'session-expired',
  busy: 'busy',
  unknown_failure: 'failed',
}
const failures = vectors.rows.filter(row => row.class !== 'ok')

test.each(failures)('$errMsg with errno $errno is $class', ({ api, errMsg, errno, class: name }) => {
  expect(reasons[name]).toBeDefined()
  expect(identifyFailure({ api, errMsg, errno })).toBe(reasons[name])
})

test.each(failures)(
  '$errMsg is found by its text alone, whatever the case of letters',
  ({ api, errMsg, class: name }) => {
    if (errMsg === null) return
    expect(identifyFailure({ api, errMsg })).toBe(reasons[name])
    expect(identifyFailure({ api, errMsg: errMsg.toUpperCase() })).toBe(reasons[name])
  },
)

test('the table of spellings says what the rules say', () => {
  expect(errmsgs.map(({ api, errMsg, errno }) => ({ api, errMsg, errno }))).toEqual(
    failures.map(({ api, errMsg, errno }) => ({ api, errMsg, errno })),
  )
  for (const row of errmsgs) expect(identifyFailure(row)).toBe(row.reason)
})

test('errno 104 is a cancelled dialog, or at the privacy gate a guideline not agreed to', () => {
  const api = 'getPhoneNumber'
  expect(identifyFailure({ api, errMsg: 'getPhoneNumber:fail user cancel', errno: 104 })).toBe('cancelled')
  expect(identifyFailure({ api, errMsg: 'getPhoneNumber:fail', errno: 104 })).toBe('cancelled')
  expect(identifyFailure({ api, errno: 104 })).toBe('cancelled')
  const text = 'privacy permission is not authorized'
  expect(identifyFailure({ api, errMsg: `getPhoneNumber:fail ${text}`, errno: 104 })).toBe('privacy-not-agreed')
  expect(identifyFailure({ api, errMsg: text, errno: 104 })).toBe('privacy-not-agreed')
  expect(identifyFailure({ api, errMsg: text, errno: 103 })).toBe('privacy-not-agreed')
})

test.each([
  ['getPhoneNumber:fail whatever', 1, 'cancelled'],
  ['getPhoneNumber:fail whatever', 5, 'timeout'],
  ['getPhoneNumber:fail whatever', 102, 'not-permitted'],
  ['getPhoneNumber:fail whatever', 103, 'declined'],
  ['getPhoneNumber:fail whatever', 108, 'network'],
  ['getPhoneNumber:fail whatever', 112, 'privacy-not-declared'],
  ['getPhoneNumber:fail whatever', 1003, 'busy'],
  ['getPhoneNumber:fail whatever', 1025, 'privacy-banned'],
  ['getPhoneNumber:fail whatever', 1026, 'privacy-banned'],
  ['getPhoneNumber:fail whatever', 101_100, 'privacy-not-declared'],
  ['getPhoneNumber:fail whatever', 101_101, 'privacy-banned'],
  ['getPhoneNumber:fail whatever', 101_102, 'privacy-not-agreed'],
  ['getPhoneNumber:fail whatever', 1_400_001, 'quota-exhausted'],
  ['getPhoneNumber:fail user deny', 1_400_001, 'quota-exhausted'],
  ['getPhoneNumber:fail user deny', 0, 'declined'],
  ['getPhoneNumber:fail user deny', 987_654, 'declined'],
  ['getPhoneNumber:fail', 3, 'failed'],
] as const)('errno goes before text: %s with %i is %s', (errMsg, errno, reason) => {
  expect(identifyFailure({ api: 'getPhoneNumber', errMsg, errno })).toBe(reason)
})

test.each([
  ['getPhoneNumber:user deny', 'declined'],
  ['getPhoneNumber:fail user denied', 'declined'],
  ['authorize:fail auth denied', 'declined'],
  ['getPhoneNumber:fail jsapi user authorize denied', 'declined'],
  ['getPhoneNumber:fail:deny', 'declined'],
  ['getPhoneNumber:fail:user cancel', 'cancelled'],
  ['getPhoneNumber:fail user canceled', 'cancelled'],
  ['getPhoneNumber:fail user cancel bind', 'cancelled'],
  ['getPhoneNumber:fail operateWXData:fail jsapi has no permission', 'not-permitted'],
  ['privacy permission is not authorized', 'privacy-not-agreed'],
  ['getPhoneNumber:fail appid privacy api banned', 'privacy-banned'],
  ['chooseLocation:fail system permission denied', 'failed'],
  ['login:fail timeout', 'timeout'],
  ['login:fail time out', 'timeout'],
  ['checkSession:fail session time out, need relogin', 'session-expired'],
  ['request:fail timeout', 'timeout'],
  ['request:fail url not in domain list', 'not-permitted'],
  ['request:fail net::ERR_CONNECTION_REFUSED', 'network'],
  ['request:fail something new', 'network'],
  ['login:fail something new', 'failed'],
  ['getPhoneNumber:ok', 'failed'],
] as const)('%s is %s', (errMsg, reason) => {
  expect(identifyFailure({ api: errMsg.slice(0, errMsg.indexOf(':')), errMsg })).toBe(reason)
})

test('nothing at all is a failure that we do not know', () => {
  expect(identifyFailure({ api: 'login' })).toBe('failed')
  expect(identifyFailure({ api: 'login', errMsg: null, errno: null })).toBe('failed')
  expect(identifyFailure({ api: 'login', errMsg: '', errno: Number.NaN })).toBe('failed')
})

test('a phone that hands over other types than promised does not break it', () => {
  const odd = { api: 'login', errMsg: { a: 1 }, errno: '103' } as unknown as Parameters<typeof identifyFailure>[0]
  expect(identifyFailure(odd)).toBe('declined')
})

test('random text is failed: it is never taken for a choice of the user', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), fc.integer({ min: 2_000, max: 100_000 }), (errMsg, errno) => {
      expect(identifyFailure({ api: 'getPhoneNumber', errMsg, errno })).toBe('failed')
    }),
    { numRuns: 2_000 },
  )
})

test('names of Object are no errnos', () => {
  const odd = { api: 'login', errno: 'constructor' } as unknown as Parameters<typeof identifyFailure>[0]
  expect(identifyFailure(odd)).toBe('failed')
})

test('it costs the client less than 700 bytes', () => {
  const source = readFileSync(new URL('identify-failure.ts', import.meta.url), 'utf8')
  const { code } = transformSync(source, { loader: 'ts', minify: true, target: 'es2015' })
  expect(gzipSync(code).length).toBeLessThan(700)
  expect(code).not.toMatch(/\bimport\b/)
})
