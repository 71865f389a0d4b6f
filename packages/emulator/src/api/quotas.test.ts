import { describe, expect, test } from 'vitest'
import { BOOKS, createWorld, TEA } from '../../test/world.ts'

const PHONE = '/wxa/business/getuserphonenumber'
const DAY = 86_400_000

function createQuotas() {
  const world = createWorld()
  const openapi = async (what: 'get' | 'clear', path = PHONE, app = TEA) =>
    world.post(`/cgi-bin/openapi/quota/${what}?access_token=${await world.stableToken(app)}`, { cgi_path: path })
  const clearAll = async () =>
    world.post(`/cgi-bin/clear_quota?access_token=${await world.stableToken()}`, { appid: TEA.appId })
  const clearBySecret = (where: 'query' | 'body') => {
    const fields = { appid: TEA.appId, appsecret: TEA.secret }
    const query = where === 'query' ? `?${new URLSearchParams(fields)}` : ''
    return world.post(`/cgi-bin/clear_quota/v2${query}`, where === 'query' ? '' : fields)
  }
  return { ...world, openapi, clearAll, clearBySecret }
}

describe('the daily quota', () => {
  test('is counted per app and API, ends with the day in China, and quota/get tells it', async () => {
    const { control, phoneByCode, openapi } = createQuotas()
    control.quotas.set(TEA.appId, 'getPhoneNumber', { daily: 2 })
    expect(await openapi('get')).toEqual({
      errcode: 0,
      errmsg: 'ok',
      quota: { daily_limit: 2, used: 0, remain: 2 },
    })
    const errcodes = []
    for (let call = 0; call < 3; call += 1) errcodes.push((await phoneByCode({ code: 'x' })).errcode)
    expect(errcodes).toEqual([40029, 40029, 45009])
    expect(await openapi('get')).toMatchObject({ quota: { used: 2, remain: 0 } })
    expect(await openapi('get', PHONE, BOOKS)).toMatchObject({ quota: { used: 0 } })
    // 16:00 in China at the start of the world.
    control.clock.advance(8 * 3_600_000 - 1)
    expect(await phoneByCode({ code: 'x' })).toMatchObject({ errcode: 45009 })
    control.clock.advance(1)
    expect(await phoneByCode({ code: 'x' })).toMatchObject({ errcode: 40029 })
  })

  test('a refused token costs nothing', async () => {
    const { phoneByCode, openapi } = createQuotas()
    await phoneByCode({ code: 'x' }, 'malformed')
    expect(await openapi('get')).toMatchObject({ quota: { used: 0 } })
  })

  test('resetusersessionkey has its limit a minute, others have none', async () => {
    const { openapi } = createQuotas()
    expect(await openapi('get', '/wxa/resetusersessionkey')).toMatchObject({ rate_limit: { call_count: 60_000 } })
    expect(await openapi('get', '/wxa/checksession')).not.toHaveProperty('rate_limit')
  })

  test('stable_token has the documented limits', async () => {
    const { control, stable, openapi } = createQuotas()
    expect(await openapi('get', '/cgi-bin/stable_token')).toMatchObject({
      quota: { daily_limit: 500_000, used: 1 },
      rate_limit: { call_count: 10_000, refresh_second: 60 },
    })
    control.quotas.set(TEA.appId, 'getStableAccessToken', { used: 500_000 })
    expect(await stable()).toMatchObject({ errcode: 45009 })
  })
})

test('the quota of a minute comes back with the next minute', async () => {
  const { control, phoneByCode, stableToken } = createQuotas()
  control.quotas.set(TEA.appId, 'getPhoneNumber', { perMinute: 1 })
  const token = await stableToken()
  expect(await phoneByCode({ code: 'x' }, token)).toMatchObject({ errcode: 40029 })
  expect(await phoneByCode({ code: 'x' }, token)).toMatchObject({
    errcode: 45011,
    errmsg: expect.stringContaining('api minute-quota reach limit'),
  })
  control.clock.advance(60_000)
  expect(await phoneByCode({ code: 'x' }, token)).toMatchObject({ errcode: 40029 })
})

describe('clearing', () => {
  test('makes the calls of the day undone, ten times a month for both ways together', async () => {
    const { control, clearAll, clearBySecret, phoneByCode } = createQuotas()
    control.quotas.set(TEA.appId, 'getPhoneNumber', { daily: 1 })
    for (let clear = 0; clear < 5; clear += 1) {
      await phoneByCode({ code: 'x' })
      expect(await phoneByCode({ code: 'x' })).toMatchObject({ errcode: 45009 })
      expect(await clearAll()).toEqual({ errcode: 0, errmsg: 'ok' })
      expect(await clearBySecret(clear % 2 ? 'query' : 'body')).toEqual({ errcode: 0, errmsg: 'ok' })
    }
    expect(await clearAll()).toMatchObject({ errcode: 48006 })
    expect(await clearBySecret('body')).toMatchObject({ errcode: 48006 })
    // The month ends in China: ten days and eight hours after the start of the world.
    control.clock.advance(10 * DAY + 8 * 3_600_000 - 1)
    expect(await clearAll()).toMatchObject({ errcode: 48006 })
    control.clock.advance(1)
    expect(await clearAll()).toMatchObject({ errcode: 0 })
  })

  test('frees an access_token API that is used up with the secret', async () => {
    const { control, stable, clearBySecret } = createQuotas()
    control.quotas.set(TEA.appId, 'getStableAccessToken', { daily: 0, used: 0 })
    expect(await stable()).toMatchObject({ errcode: 45009 })
    control.quotas.set(TEA.appId, 'getStableAccessToken', { daily: 1, used: 1 })
    expect(await stable()).toMatchObject({ errcode: 45009 })
    await clearBySecret('body')
    expect(await stable()).toHaveProperty('access_token')
  })

  test('with the secret reads query or body, never both', async () => {
    const { post } = createQuotas()
    const answer = await post(`/cgi-bin/clear_quota/v2?appid=${TEA.appId}`, { appsecret: TEA.secret })
    expect(answer).toMatchObject({ errcode: 41004 })
  })

  test('one API alone: fifty times a month', async () => {
    const { control, openapi, phoneByCode } = createQuotas()
    control.quotas.set(TEA.appId, 'getPhoneNumber', { daily: 1 })
    await phoneByCode({ code: 'x' })
    for (let clear = 0; clear < 50; clear += 1) expect(await openapi('clear')).toMatchObject({ errcode: 0 })
    expect(await openapi('clear')).toMatchObject({ errcode: 45009 })
    expect(await phoneByCode({ code: 'x' })).toMatchObject({ errcode: 40029 })
  })

  test('wants a path that is one, not of sns, and the app of the token', async () => {
    const { openapi, post, stableToken } = createQuotas()
    for (const path of ['', 'wxa/checksession', 'https://api.weixin.qq.com/wxa/checksession', '/wxa/nothing'])
      expect(await openapi('clear', path)).toMatchObject({ errcode: 76021 })
    expect(await openapi('get', '/sns/jscode2session')).toMatchObject({ errcode: 76022 })
    const url = `/cgi-bin/clear_quota?access_token=${await stableToken()}`
    expect(await post(url, {})).toMatchObject({ errcode: 41002 })
    expect(await post(url, { appid: BOOKS.appId })).toMatchObject({ errcode: 40013 })
  })
})
