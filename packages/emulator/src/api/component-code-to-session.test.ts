import { describe, expect, test } from 'vitest'
import { BOOKS, createWorld, TEA } from '../../test/world.ts'

const HELPER = { appId: 'wxcccccccccccccc01', name: '服务商' }
const OTHER = { appId: 'wxcccccccccccccc02', name: '别家' }

function createAgency(permissionSets?: readonly number[]) {
  const world = createWorld()
  const { components } = world.control
  components.put(HELPER)
  components.authorize(HELPER.appId, TEA.appId, permissionSets)
  const login = async (more: Record<string, string> = {}) => {
    const query = {
      appid: TEA.appId,
      grant_type: 'authorization_code',
      js_code: await world.login(),
      component_appid: HELPER.appId,
      component_access_token: components.token(HELPER.appId),
      ...more,
    }
    return world.ask(`/sns/component/jscode2session?${new URLSearchParams(query)}`)
  }
  return { ...world, components, loginFor: login }
}

describe('GET /sns/component/jscode2session', () => {
  test('logs in for an app that authorised the platform: the same openid as without it', async () => {
    const { loginFor, session, login } = createAgency()
    const { openid, session_key } = await loginFor()
    expect(await session(await login())).toEqual({ openid, session_key })
  })

  test('refuses when the app has not authorised it, or took that back', async () => {
    const { loginFor, components } = createAgency()
    expect(await loginFor({ appid: BOOKS.appId })).toMatchObject({ errcode: 61003 })
    components.revoke(HELPER.appId, TEA.appId)
    expect(await loginFor()).toEqual({
      errcode: 61003,
      errmsg: expect.stringMatching(/^component is not authorized by this account, rid: /),
    })
  })

  test('refuses tokens that are not its own, in the words of the platform', async () => {
    const { loginFor, components, stableToken } = createAgency()
    components.put(OTHER)
    expect(await loginFor({ component_access_token: await stableToken() })).toEqual({
      errcode: 40090,
      errmsg: expect.stringMatching(/^invalid request source \(bad client ip\), requestIP: 127\.0\.0\.1, rid: /),
    })
    expect(await loginFor({ component_access_token: components.token(OTHER.appId) })).toMatchObject({ errcode: 40094 })
    expect(await loginFor({ component_access_token: 'x' })).toMatchObject({ errcode: 40014 })
    expect(await loginFor({ component_access_token: '' })).toMatchObject({ errcode: 41021 })
    expect(await loginFor({ component_appid: '' })).toMatchObject({ errcode: 41004 })
    expect(await loginFor({ appid: '' })).toMatchObject({ errcode: 41002 })
    expect(await loginFor({ appid: 'wxffffffffffffffff' })).toMatchObject({ errcode: 40013 })
  })

  test('its token lives two hours, five minutes more beside a newer one', async () => {
    const { loginFor, components, control } = createAgency()
    const old = components.token(HELPER.appId)
    components.token(HELPER.appId)
    control.clock.advance(299_999)
    expect(await loginFor({ component_access_token: old })).toHaveProperty('openid')
    control.clock.advance(1)
    expect(await loginFor({ component_access_token: old })).toMatchObject({ errcode: 40001 })
    const last = components.token(HELPER.appId)
    control.clock.advance(7_200_000)
    expect(await loginFor({ component_access_token: last })).toMatchObject({ errcode: 42001 })
  })
})

describe('authorizer_access_token', () => {
  test('does what the app could do itself', async () => {
    const { components, phone, phoneByCode } = createAgency()
    const { code } = await phone().tapPhoneButton()
    const token = components.authorizerToken(HELPER.appId, TEA.appId)
    expect(await phoneByCode({ code }, token)).toMatchObject({ errcode: 0 })
  })

  test('needs permission set 18 for user data, and any at all for the quota tools', async () => {
    const { components, phoneByCode, post } = createAgency([30])
    const token = components.authorizerToken(HELPER.appId, TEA.appId)
    expect(await phoneByCode({ code: 'x' }, token)).toMatchObject({ errcode: 61007 })
    const quota = await post(`/cgi-bin/openapi/quota/get?access_token=${token}`, { cgi_path: '/cgi-bin/stable_token' })
    expect(quota).toMatchObject({ errcode: 0, component_rate_limit: { call_count: 10_000 } })
    expect(quota).not.toHaveProperty('rate_limit')
  })

  test('is worth nothing once the authorisation is taken back', async () => {
    const { components, phoneByCode } = createAgency()
    const token = components.authorizerToken(HELPER.appId, TEA.appId)
    components.revoke(HELPER.appId, TEA.appId)
    expect(await phoneByCode({ code: 'x' }, token)).toMatchObject({ errcode: 61003 })
  })

  test("the platform's own token opens no API of an app", async () => {
    const { components, phoneByCode } = createAgency()
    expect(await phoneByCode({ code: 'x' }, components.token(HELPER.appId))).toMatchObject({ errcode: 48001 })
  })
})
