import { sessionSignature } from '@weapp-auth/protocol/wechat'
import { describe, expect, test } from 'vitest'
import { createWorld, LIN, TEA } from '../../test/world.ts'

const HOUR = 3_600_000

describe('the IP allow list', () => {
  const from = async (ipAllowList: readonly string[], ip: string | undefined, header?: string) => {
    const { emulator, control } = createWorld()
    control.accounts.change(TEA.appId, { ipAllowList })
    const url = `https://api.weixin.qq.com/cgi-bin/token?grant_type=client_credential&appid=${TEA.appId}&secret=${TEA.secret}`
    const request = new Request(url, header === undefined ? {} : { headers: { 'x-forwarded-for': header } })
    return (await (await emulator.fetch(request, ip === undefined ? {} : { ip })).json()) as Record<string, unknown>
  }

  test('lets in the addresses and ranges that are on it', async () => {
    for (const ip of ['203.0.113.7', '198.51.100.200', '2001:db8::1', '::ffff:203.0.113.7'])
      expect(await from(['203.0.113.7/32', '198.51.100.0/24', '2001:db8::/32'], ip)).toHaveProperty('access_token')
    expect(await from([], '192.0.2.1')).toHaveProperty('access_token')
  })

  test('answers the others with the address in both spellings, as the platform writes it', async () => {
    expect(await from(['203.0.113.7'], '203.0.113.8')).toEqual({
      errcode: 40164,
      errmsg: expect.stringMatching(
        /^invalid ip 203\.0\.113\.8 ipv6 ::ffff:203\.0\.113\.8, not in whitelist rid: [0-9a-f-]{26}$/,
      ),
    })
    expect((await from(['203.0.113.7'], '2001:db8::1')).errmsg).toMatch(/^invalid ip 2001:db8::1 ipv6 2001:db8::1, not/)
  })

  test('takes the address from the caller, else from x-forwarded-for, else this machine', async () => {
    expect(await from(['203.0.113.7'], undefined, '203.0.113.7, 10.0.0.1')).toHaveProperty('access_token')
    expect((await from(['203.0.113.7'], '192.0.2.1', '203.0.113.7')).errmsg).toContain('invalid ip 192.0.2.1 ')
    for (const header of [undefined, 'unknown'])
      expect((await from(['203.0.113.7'], undefined, header)).errmsg).toContain('invalid ip 127.0.0.1 ')
  })

  test('guards the access_token and nothing else', async () => {
    const { control, login, session, stable } = createWorld()
    control.accounts.change(TEA.appId, { ipAllowList: ['203.0.113.7'] })
    expect(await stable()).toMatchObject({ errcode: 40164 })
    expect(await session(await login())).toHaveProperty('openid')
    control.accounts.change(TEA.appId, { ipAllowList: [] })
    expect(await stable()).toHaveProperty('access_token')
  })
})

describe('a frozen AppSecret', () => {
  test('gets no access_token; tokens that are out go on', async () => {
    const { control, stable, classicToken, phoneByCode, login, session } = createWorld()
    const token = await classicToken()
    control.accounts.change(TEA.appId, { secretFrozen: true })
    expect(await stable()).toMatchObject({ errcode: 40243, errmsg: expect.stringMatching(/^appsecret frozen rid: /) })
    expect(await phoneByCode({ code: 'x' }, token)).toMatchObject({ errcode: 40029 })
    expect(await session(await login())).toHaveProperty('openid')
    control.accounts.change(TEA.appId, { secretFrozen: false })
    expect(await stable()).toHaveProperty('access_token')
  })

  test('stops login too when you think so', async () => {
    const { control, login, session } = createWorld({ unverified: { frozenSecret: 'everything' } })
    control.accounts.change(TEA.appId, { secretFrozen: true })
    expect(await session(await login())).toMatchObject({ errcode: 40243 })
  })
})

describe('the standing of an account', () => {
  test('limited and frozen stop every API, punished the access_token alone', async () => {
    const { control, login, session, stable, stableToken, phoneByCode } = createWorld()
    const token = await stableToken()
    const answers = async () => [
      (await stable()).errcode ?? 0,
      (await session(await login())).errcode ?? 0,
      (await phoneByCode({ code: 'x' }, token)).errcode,
    ]
    const under = async (standing: 'good' | 'limited' | 'punished' | 'frozen') => {
      control.accounts.change(TEA.appId, { standing })
      return answers()
    }
    expect(await under('limited')).toEqual([50002, 50002, 50002])
    expect(await under('punished')).toEqual([50004, 0, 40029])
    expect(await under('frozen')).toEqual([50007, 50007, 50007])
    expect(await under('good')).toEqual([0, 0, 40029])
  })

  test('an API can be missing or be taken away', async () => {
    const { control, phoneByCode, checkHash } = createWorld()
    control.accounts.change(TEA.appId, { notGranted: ['getPhoneNumber'], banned: ['checkEncryptedData'] })
    expect(await phoneByCode({ code: 'x' })).toEqual({
      errcode: 48001,
      errmsg: expect.stringMatching(/^api unauthorized rid: /),
    })
    expect(await checkHash({ encrypted_msg_hash: '0'.repeat(64) })).toMatchObject({ errcode: 48004 })
  })

  test('an app without the phone button does not have its API', async () => {
    const { phoneByCode, checkHash } = createWorld({ apps: [{ ...TEA, phonePermitted: false }] })
    expect(await phoneByCode({ code: 'x' })).toMatchObject({ errcode: 48001 })
    expect(await checkHash({ encrypted_msg_hash: '0'.repeat(64) })).toMatchObject({ errcode: 1 })
  })
})

test('the refusal of the admin holds for its hour or its day, then they are asked again', async () => {
  const { control, stable } = createWorld()
  const errcode = async () => (await stable()).errcode ?? 0
  control.accounts.change(TEA.appId, { ipConfirmation: 'asked' })
  expect(await errcode()).toBe(89503)
  control.accounts.change(TEA.appId, { ipConfirmation: 'refused-for-an-hour' })
  control.clock.advance(HOUR - 1)
  expect(await errcode()).toBe(89507)
  control.clock.advance(1)
  expect(await errcode()).toBe(89503)
  control.accounts.change(TEA.appId, { ipConfirmation: 'refused-for-a-day' })
  control.clock.advance(24 * HOUR - 1)
  expect(await errcode()).toBe(89506)
  control.clock.advance(1)
  expect(await errcode()).toBe(89503)
  control.accounts.change(TEA.appId, { ipConfirmation: 'none' })
  expect(await errcode()).toBe(0)
})

test('another change does not make the hour of a refusal begin anew', async () => {
  const { control, stable } = createWorld()
  control.accounts.change(TEA.appId, { ipConfirmation: 'refused-for-an-hour' })
  control.clock.advance(HOUR / 2)
  control.accounts.change(TEA.appId, { notGranted: ['getRidInfo'] })
  expect(await stable()).toMatchObject({ errcode: 89507 })
  control.clock.advance(HOUR / 2)
  expect(await stable()).toMatchObject({ errcode: 89503 })
})

test('a change leaves the rest as it was', () => {
  const { control } = createWorld()
  control.accounts.change(TEA.appId, { secretFrozen: true })
  control.accounts.change(TEA.appId, { standing: 'limited' })
  expect(control.accounts.conditions(TEA.appId)).toMatchObject({ secretFrozen: true, standing: 'limited' })
  expect(control.state().apps[0]?.conditions).toMatchObject({ secretFrozen: true })
})

test('resets of one session_key are refused when they are too frequent', async () => {
  const { control, ask, session, login, stableToken } = createWorld({ unverified: { resetsPerMinute: 1 } })
  let { openid, session_key } = await session(await login(LIN.id))
  const reset = async () => {
    const query = `access_token=${await stableToken()}&openid=${openid}&signature=${sessionSignature(String(session_key))}`
    return ask(`/wxa/resetusersessionkey?${query}&sig_method=hmac_sha256`)
  }
  session_key = (await reset()).session_key
  expect(await reset()).toMatchObject({ errcode: 45011 })
  control.clock.advance(60_000)
  expect(await reset()).toMatchObject({ errcode: 0 })
})
