import { routes } from '@weapp-auth/protocol/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { caseCount } from './case-count.ts'
import { app, openTarget } from './open-target.ts'

/*
 * A27: a code becomes a part of the URL that WeChat is asked, beside the app id and the secret. What a client sends must
 * not become a parameter, a path or a host of its own.
 */

const injections = [
  'x&appid=wxEVIL#',
  'x&secret=0',
  'x&grant_type=client_credential',
  'x#',
  'x?y',
  'x%26appid%3DwxEVIL',
  'x;appid=wxEVIL',
  'x/../../cgi-bin/token',
  '../cgi-bin/token',
  '//evil.example/',
  '@evil.example',
  'x\r\nHost: evil.example',
  'x\u0000',
  'x y',
  'x+y',
  'ｘ＆appid＝wxEVIL',
  '\ud800',
  '"}',
  '',
  'x'.repeat(129),
]

test('a code with anything but its own characters is refused before WeChat is asked', async () => {
  const policy = { openData: 'enforce', legacy: { formats: ['001', '002', '003a', '003b', '004'] } } as const
  const target = await openTarget({ people: [{ id: 'lin', name: 'Lin', phones: [{ number: '13800138000' }] }], policy })
  const { tokens } = await target.logIn('lin')
  const before = target.asked.length
  for (const code of injections) {
    const nonce = target.nonce()
    const answers = [
      await target.post(routes.login, { appId: app.appId, code, nonce }),
      await target.post(routes.loginPhone, { appId: app.appId, code, nonce, phone: { code } }),
      await target.post(routes.phone, { code, nonce }, tokens.accessToken),
      await target.post(routes.login, { appId: `${app.appId}${code || '&'}`, code: 'fine', nonce }),
      await target.post('/v1.0/pub/openId', { code }),
      await target.post('/002/login', { code }),
      await target.post('/code2Session', { jsCode: code }),
      await target.post('/user', { code, encryptedData: 'x', iv: 'y' }),
      await target.get(`/004/login?code=${encodeURIComponent(code.replace(/[\ud800-\udfff]/g, ''))}`),
    ]
    for (const { status } of answers) expect(status).toBeLessThan(500)
  }
  expect(target.asked.slice(before).map(({ url }) => url.href)).toEqual([])
}, 120_000)

test('whatever a client sends as a code, WeChat is asked with our parameters and no other', async () => {
  const target = await openTarget({ people: [], server: { limits: { perIp: 'off' } } })
  const code = fc.oneof(
    fc.string({ maxLength: 140 }),
    fc.stringMatching(/^[A-Za-z0-9_-]{1,128}$/),
    fc.tuple(fc.stringMatching(/^[A-Za-z0-9_-]{0,20}$/), fc.constantFrom(...injections)).map(parts => parts.join('')),
  )
  const property = fc.asyncProperty(code, async code => {
    const before = target.asked.length
    const { status } = await target.post(routes.login, { appId: app.appId, code, nonce: target.nonce() })
    const asked = target.asked.slice(before)
    expect([status >= 400 && status < 500, status]).toEqual([true, status])
    expect(asked.length).toBe(/^[A-Za-z0-9_-]{1,128}$/.test(code) ? 1 : 0)
    for (const { url } of asked) {
      expect(url.pathname).toBe('/sns/jscode2session')
      expect([...url.searchParams].sort()).toEqual([
        ['appid', app.appId],
        ['grant_type', 'authorization_code'],
        ['js_code', code],
        ['secret', app.secret],
      ])
    }
  })
  await fc.assert(property, { numRuns: caseCount(500, 50_000) })
}, 600_000)
