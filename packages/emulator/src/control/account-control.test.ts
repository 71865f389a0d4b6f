import { describe, expect, test } from 'vitest'
import { BOOKS, createWorld, LIN, TEA } from '../../test/world.ts'

const HELPER = { appId: 'wxcccccccccccccc01', name: '服务商' }
const USE = { appId: TEA.appId, personId: LIN.id }

function createHttp() {
  const world = createWorld()
  const post = async (path: string, body: unknown) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await world.send(`/_emulator${path}`, { method: 'POST', body: JSON.stringify(body), headers })
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }
  const get = async (path: string) => (await world.send(`/_emulator${path}`)).json()
  return { ...world, steer: post, look: get }
}

describe('the account over HTTP', () => {
  test('conditions and quotas are changed and told', async () => {
    const { steer, look, stable } = createHttp()
    await steer('/accounts', { appId: TEA.appId, secretFrozen: true, ipAllowList: ['203.0.113.0/24'] })
    expect(await look(`/accounts?appId=${TEA.appId}`)).toMatchObject({ secretFrozen: true, standing: 'good' })
    expect(await stable()).toMatchObject({ errcode: 40243 })
    await steer('/quotas', { appId: TEA.appId, api: 'getPhoneNumber', daily: 5, perMinute: 'none', used: 3 })
    // JSON has no word for "no limit".
    expect(await look(`/quotas?appId=${TEA.appId}&api=getPhoneNumber`)).toEqual({ daily: 5, perMinute: null, used: 3 })
  })

  test('a third-party platform is registered, authorised and given its tokens', async () => {
    const { steer, look, login, ask, phoneByCode } = createHttp()
    await steer('/components', HELPER)
    expect(await look('/components')).toEqual({ components: [HELPER] })
    await steer('/components/authorize', { componentAppId: HELPER.appId, appId: TEA.appId, permissionSets: [18] })
    const { body } = await steer('/components/token', { componentAppId: HELPER.appId })
    const query = `appid=${TEA.appId}&grant_type=authorization_code&js_code=${await login()}&component_appid=${HELPER.appId}`
    const session = `/sns/component/jscode2session?${query}&component_access_token=${body.componentAccessToken}`
    expect(await ask(session)).toHaveProperty('openid')
    const pair = { componentAppId: HELPER.appId, appId: TEA.appId }
    const { authorizerAccessToken } = (await steer('/components/authorizer-token', pair)).body
    expect(await phoneByCode({ code: 'x' }, String(authorizerAccessToken))).toMatchObject({ errcode: 40029 })
    await steer('/components/revoke', pair)
    expect(await phoneByCode({ code: 'x' }, String(authorizerAccessToken))).toMatchObject({ errcode: 61003 })
  })

  test('payments, plug-in codes, user keys and bills', async () => {
    const { steer, look, control } = createHttp()
    expect((await steer('/payments', { ...USE, mchId: '1600000001' })).body).toEqual({
      transactionId: expect.stringMatching(/^4200\d{24}$/),
      mchId: '1600000001',
      outTradeNo: expect.stringMatching(/^\d{20}$/),
    })
    expect((await steer('/plugin-codes', { ...USE, pluginAppId: BOOKS.appId })).body.code).toMatch(/^[0-9a-f]{64}$/)
    expect((await steer('/user-keys', USE)).body).toMatchObject({ version: 1, expireTime: 3600 })
    await steer('/billing', { appId: TEA.appId, quick: { trialLeft: 0, boughtLeft: 'none' } })
    expect(await look(`/bill?appId=${TEA.appId}`)).toMatchObject({ quick: { trialLeft: 0, boughtLeft: null } })
    expect(control.bill(TEA.appId).quick.boughtLeft).toBe(Infinity)
  })

  test('an app can go', async () => {
    const { steer, stableToken, phoneByCode, control } = createHttp()
    const token = await stableToken()
    await steer('/apps/remove', { appId: TEA.appId })
    expect(await phoneByCode({ code: 'x' }, token)).toMatchObject({ errcode: 40013 })
    expect(control.apps.all()).toHaveLength(1)
  })

  test.each([
    ['/accounts', { appId: 'wx1' }, 404, 'appId'],
    ['/accounts', { appId: TEA.appId, ipAllowList: ['203.0.113.0/33'] }, 400, 'ipAllowList[0]'],
    ['/accounts', { appId: TEA.appId, ipAllowList: ['203.0.113.1', 'localhost'] }, 400, 'ipAllowList[1]'],
    ['/accounts', { appId: TEA.appId, ipAllowList: '203.0.113.1' }, 400, 'ipAllowList'],
    ['/accounts', { appId: TEA.appId, secretFrozen: 'yes' }, 400, 'secretFrozen'],
    ['/accounts', { appId: TEA.appId, standing: 'bad' }, 400, 'standing'],
    ['/accounts', { appId: TEA.appId, ipConfirmation: 'soon' }, 400, 'ipConfirmation'],
    ['/accounts', { appId: TEA.appId, banned: ['getPhoneNumber', 'x'] }, 400, 'banned[1]'],
    ['/quotas', { appId: TEA.appId, api: 'x' }, 400, 'api'],
    ['/quotas', { appId: TEA.appId, api: 'getPhoneNumber', daily: -1 }, 400, 'daily'],
    ['/quotas', { appId: TEA.appId, api: 'getPhoneNumber', perMinute: 'lots' }, 400, 'perMinute'],
    ['/components', { ...HELPER, appId: 'wxhelper' }, 400, 'appId'],
    ['/components/token', { componentAppId: HELPER.appId }, 404, 'componentAppId'],
    ['/components/authorize', { componentAppId: HELPER.appId, appId: TEA.appId }, 404, 'componentAppId'],
    ['/components/authorize', { appId: TEA.appId, permissionSets: [0] }, 400, 'componentAppId'],
    ['/payments', { ...USE, personId: 'nobody' }, 404, 'personId'],
    ['/payments', { ...USE, transactionId: '' }, 400, 'transactionId'],
    ['/plugin-codes', { ...USE, pluginAppId: 'tea' }, 400, 'pluginAppId'],
    ['/billing', { appId: TEA.appId, quick: { trialLeft: 1.5 } }, 400, 'quick.trialLeft'],
    ['/billing', { appId: TEA.appId, realtime: 5 }, 400, 'realtime'],
    ['/apps/remove', { appId: 'wx1' }, 404, 'appId'],
  ])('POST %s with %j is answered with %i and names %s', async (path, body, status, field) => {
    const { steer } = createHttp()
    const answer = await steer(path, body)
    expect(answer.status).toBe(status)
    expect(answer.body).toEqual({
      error: expect.objectContaining({
        field,
        zh: expect.stringMatching(/[一-龥]/),
        en: expect.stringContaining(field),
      }),
    })
  })
})

test('what was done to an account is in the journal, without tokens and codes', () => {
  const { control } = createWorld()
  control.components.put(HELPER)
  control.components.authorize(HELPER.appId, TEA.appId)
  const token = control.components.token(HELPER.appId)
  const code = control.pluginCode(LIN.id, TEA.appId, BOOKS.appId)
  control.accounts.change(TEA.appId, { standing: 'limited' })
  const journal = JSON.stringify(control.journal.entries())
  expect(control.journal.entries().map(({ what }) => what)).toEqual([
    'component-put',
    'component-authorized',
    'plugin-code-issued',
    'account-changed',
  ])
  for (const secret of [token, code]) expect(journal).not.toContain(secret)
})

test('a snapshot holds the account, and a reset forgets it', async () => {
  const world = createWorld()
  const { control, stable, phoneByCode } = world
  control.components.put(HELPER)
  control.components.authorize(HELPER.appId, TEA.appId)
  const token = control.components.authorizerToken(HELPER.appId, TEA.appId)
  control.accounts.change(TEA.appId, { secretFrozen: true })
  control.quotas.set(TEA.appId, 'getPhoneNumber', { daily: Infinity, used: 7 })
  control.changeBilling(TEA.appId, { quick: { trialLeft: 5 } })
  const saved = JSON.parse(JSON.stringify(control.snapshot()))

  control.reset()
  expect(await stable()).toHaveProperty('access_token')
  expect(control.bill(TEA.appId).quick.trialLeft).toBe(1000)
  expect(await phoneByCode({ code: 'x' }, token)).toMatchObject({ errcode: 40001 })

  control.restore(saved)
  expect(await stable()).toMatchObject({ errcode: 40243 })
  expect(control.bill(TEA.appId).quick.trialLeft).toBe(5)
  expect(control.quotas.usage(TEA.appId, 'getPhoneNumber')).toMatchObject({ daily: Infinity, used: 7 })
  expect(await phoneByCode({ code: 'x' }, token)).toMatchObject({ errcode: 40029 })
})
