import { expect, test } from 'vitest'
import {
  type Answer,
  appId,
  openId,
  phoneInfo,
  refuse,
  secret,
  session,
  sessionKey,
  stubWechat,
} from '../test/stub-wechat.ts'
import { type ComponentGrants, createMemoryTokenStore, createWechat, type WechatOptions } from './index.ts'

const component = { appId: 'wx00000000000000d1', secret: 'd1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1' }
const app = { appId, component: component.appId }
const login = { appId, code: '0a1b-2_C' }
const phone = { appId, code: 'f00d'.repeat(16), openId }
const componentPath = '/cgi-bin/component/api_component_token'
const authorizerPath = '/cgi-bin/component/api_authorizer_token'

/** What a platform was granted, in memory. */
function createGrants(ticket: string | null = 'ticket@@@first', refreshToken: string | null = 'refresh-1') {
  const held = { ticket, refreshToken }
  const grants: ComponentGrants = {
    readTicket: async () => held.ticket,
    readRefreshToken: async () => held.refreshToken,
    async replaceRefreshToken(_, { former, refreshToken }) {
      if (held.refreshToken === former) held.refreshToken = refreshToken
    },
  }
  return { held, grants }
}

/** Component tokens `component-1`, …; authorizer tokens `access-1`, …, each with the refresh token `rotate` makes of it. */
function withComponentTokens(answer: Answer, rotate: (sent: unknown) => unknown = sent => sent): Answer {
  let components = 0
  let authorizers = 0
  return call => {
    if (call.path === componentPath) {
      components += 1
      return { component_access_token: `component-${components}`, expires_in: 7200 }
    }
    if (call.path !== authorizerPath) return answer(call)
    authorizers += 1
    return {
      authorizer_access_token: `access-${authorizers}`,
      expires_in: 7200,
      authorizer_refresh_token: rotate(call.body.authorizer_refresh_token),
    }
  }
}

function stubPlatform(
  answer: Answer,
  grants: ComponentGrants = createGrants().grants,
  more: Partial<WechatOptions> = {},
) {
  return stubWechat(answer, { apps: [app], components: [{ ...component, grants }], ...more })
}

test('a login code is exchanged as the platform, which proves itself with the pushed ticket', async () => {
  const { wechat, calls } = stubPlatform(withComponentTokens(() => session))
  expect(await wechat.codeToSession(login)).toEqual({ status: 'ok', session: { openId, sessionKey, unionId: null } })
  expect(calls).toMatchObject([
    {
      path: componentPath,
      body: {
        component_appid: component.appId,
        component_appsecret: component.secret,
        component_verify_ticket: 'ticket@@@first',
      },
    },
    {
      method: 'GET',
      path: '/sns/component/jscode2session',
      query: {
        appid: appId,
        js_code: login.code,
        component_appid: component.appId,
        component_access_token: 'component-1',
      },
    },
  ])
})

test('the other calls are made with the access_token of the authorizer', async () => {
  const answers: Readonly<Record<string, unknown>> = {
    '/wxa/business/getuserphonenumber': phoneInfo,
    '/wxa/checksession': { errcode: 0, errmsg: 'ok' },
    '/wxa/business/checkencryptedmsg': { errcode: 0, errmsg: 'ok', vaild: false, create_time: 0 },
  }
  const { wechat, calls } = stubPlatform(withComponentTokens(({ path }) => answers[path]))
  expect(await wechat.phoneByCode(phone)).toMatchObject({ status: 'ok' })
  expect(await wechat.checkSession({ appId, openId, sessionKey })).toBe(true)
  await wechat.checkEncryptedData({ appId, encryptedData: 'AAAA' })
  expect(await wechat.accessToken(appId)).toBe('access-1')
  expect(calls[1]).toMatchObject({
    path: authorizerPath,
    query: { access_token: 'component-1' },
    body: { component_appid: component.appId, authorizer_appid: appId, authorizer_refresh_token: 'refresh-1' },
  })
  expect(calls.slice(2).map(({ query }) => query.access_token)).toEqual(['access-1', 'access-1', 'access-1'])
})

test('an expired token of the platform is renewed once for many callers and apps', async () => {
  const apps = [app, { ...app, appId: 'wx0000000000000002' }]
  const answer = withComponentTokens(({ query }) =>
    query.component_access_token === 'component-1' ? refuse(42001) : session,
  )
  const { wechat, to } = stubPlatform(answer, undefined, { apps })
  const logins = Array.from({ length: 40 }, (_, index) =>
    wechat.codeToSession({ appId: apps[index % 2]?.appId ?? '', code: `code-${index}` }),
  )
  for (const outcome of await Promise.all(logins)) expect(outcome).toMatchObject({ status: 'ok' })
  expect(to(componentPath)).toHaveLength(2)
})

test('an expired token of an authorizer is renewed once for many callers', async () => {
  const answer = withComponentTokens(({ query }) => (query.access_token === 'access-1' ? refuse(40001) : phoneInfo))
  const { wechat, to } = stubPlatform(answer)
  const phones = Array.from({ length: 20 }, () => wechat.phoneByCode(phone))
  for (const outcome of await Promise.all(phones)) expect(outcome).toMatchObject({ status: 'ok' })
  expect([to(componentPath).length, to(authorizerPath).length]).toEqual([1, 2])
})

test('a rotated refresh token takes the place of the one that was sent, and is sent next', async () => {
  const { held, grants } = createGrants()
  const { wechat, time, to } = stubPlatform(
    withComponentTokens(
      () => session,
      sent => `${sent}+`,
    ),
    grants,
  )
  await wechat.accessToken(appId)
  expect(held.refreshToken).toBe('refresh-1+')
  await time.pass(7_200_000)
  await wechat.accessToken(appId)
  expect(to(authorizerPath).map(({ body }) => body.authorizer_refresh_token)).toEqual(['refresh-1', 'refresh-1+'])
})

test('a refresh token that could not be kept is kept before anything else is asked', async () => {
  const { held, grants } = createGrants()
  let failures = 2
  const { wechat, to } = stubPlatform(
    withComponentTokens(
      () => session,
      sent => (sent === 'refresh-1' ? 'refresh-2' : sent),
    ),
    {
      ...grants,
      async replaceRefreshToken(...change) {
        failures -= 1
        if (failures >= 0) throw new Error('disk full')
        return grants.replaceRefreshToken(...change)
      },
    },
  )
  await expect(wechat.accessToken(appId)).rejects.toThrow('disk full')
  await expect(wechat.accessToken(appId)).rejects.toThrow('disk full')
  expect([held.refreshToken, to(authorizerPath).length]).toEqual(['refresh-1', 1])
  expect(await wechat.accessToken(appId)).toBe('access-2')
  expect(held.refreshToken).toBe('refresh-2')
  expect(to(authorizerPath)[1]?.body.authorizer_refresh_token).toBe('refresh-2')
})

test('without a ticket or a refresh token the fault says what is missing, and WeChat is not asked', async () => {
  const noTicket = stubPlatform(
    withComponentTokens(() => session),
    createGrants(null).grants,
  )
  await expect(noTicket.wechat.codeToSession(login)).rejects.toMatchObject({
    code: 'misconfigured',
    api: 'componentToken',
    cause: { message: expect.stringContaining('component_verify_ticket') },
  })
  const noGrant = stubPlatform(
    withComponentTokens(() => session),
    createGrants('ticket', null).grants,
  )
  await expect(noGrant.wechat.phoneByCode(phone)).rejects.toMatchObject({
    code: 'unauthorized',
    api: 'authorizerToken',
    cause: { message: expect.stringContaining('refresh token') },
  })
  expect([...noTicket.calls, ...noGrant.calls]).toEqual([])
})

test('a ticket that arrives is used at once', async () => {
  const { held, grants } = createGrants(null)
  const { wechat } = stubPlatform(
    withComponentTokens(() => session),
    grants,
  )
  await expect(wechat.codeToSession(login)).rejects.toMatchObject({ code: 'misconfigured' })
  held.ticket = 'ticket@@@late'
  expect(await wechat.codeToSession(login)).toMatchObject({ status: 'ok' })
})

test.each([61004, 61005, 61006, 61011])('errcode %i is for the operator', async errcode => {
  const { wechat } = stubPlatform(() => refuse(errcode))
  await expect(wechat.codeToSession(login)).rejects.toMatchObject({ code: 'misconfigured', errcode })
})

test.each([61003, 61023])('errcode %i says that the merchant has to authorize again', async errcode => {
  const { wechat } = stubPlatform(withComponentTokens(() => refuse(errcode)))
  await expect(wechat.codeToSession(login)).rejects.toMatchObject({ code: 'unauthorized', errcode })
})

test('an authorization code is exchanged as the platform; one that is worth nothing is no fault', async () => {
  const info = { authorizer_appid: appId, authorizer_refresh_token: 'refresh-9' }
  const answer = withComponentTokens(({ body }) =>
    body.authorization_code === 'good' ? { authorization_info: info } : refuse(61009),
  )
  const { wechat, calls } = stubPlatform(answer)
  const ask = (code: string) => wechat.authorization({ component: component.appId, code })
  expect(await ask('good')).toEqual({ status: 'ok', authorization: { appId, refreshToken: 'refresh-9' } })
  expect(calls.at(-1)).toMatchObject({
    path: '/cgi-bin/component/api_query_auth',
    query: { access_token: 'component-1' },
    body: { component_appid: component.appId, authorization_code: 'good' },
  })
  expect(await ask('used')).toEqual({ status: 'refused', errcode: 61009 })
  await expect(wechat.authorization({ component: appId, code: 'good' })).rejects.toMatchObject({
    code: 'misconfigured',
  })
})

test('a platform that comes at run time acts for its apps, and its new secret counts from then on', async () => {
  const { grants } = createGrants()
  const { wechat, to } = stubWechat(
    withComponentTokens(() => session),
    { apps: [] },
  )
  expect(() => wechat.setApp(app)).toThrow('"app.component" must')
  wechat.setComponent({ ...component, secret: 'the-former-one', grants })
  wechat.setApp(app)
  wechat.setComponent({ ...component, grants })
  expect(await wechat.codeToSession(login)).toMatchObject({ status: 'ok' })
  expect(to(componentPath)[0]?.body.component_appsecret).toBe(component.secret)
  expect(() => wechat.setComponent({ ...component, secret: '', grants })).toThrow('"component.secret" must')
})

test('the processes of one deployment share both tokens', async () => {
  const tokens = createMemoryTokenStore()
  const first = stubPlatform(
    withComponentTokens(() => phoneInfo),
    undefined,
    { tokens },
  )
  const second = stubPlatform(() => phoneInfo, undefined, { tokens })
  await first.wechat.phoneByCode(phone)
  await second.wechat.phoneByCode(phone)
  expect(second.calls.map(({ query }) => query.access_token)).toEqual(['access-1'])
})

test('neither secret nor ticket nor token shows in a fault or an event', async () => {
  const hidden = [component.secret, 'ticket@@@first', 'refresh-1', 'component-1']
  const echo = refuse(61023, hidden.join(' '))
  const answer: Answer = call => (call.path === authorizerPath ? echo : withComponentTokens(() => echo)(call))
  const { wechat, events } = stubPlatform(answer)
  const fault = await wechat.accessToken(appId).catch((error: unknown) => error)
  const { wechat: other } = stubPlatform(() => refuse(61006, `${component.secret} ticket@@@first`))
  const otherFault = await other.codeToSession(login).catch((error: unknown) => error)
  const seen = [fault, otherFault].map(error => (error instanceof Error ? `${error.stack} ${String(error.cause)}` : ''))
  expect(seen.every(text => /misconfigured|unauthorized/.test(text))).toBe(true)
  expect(seen[0]).not.toContain('refresh-1')
  expect(seen[0]).not.toContain('component-1')
  for (const text of hidden.slice(0, 2)) expect(seen[1]).not.toContain(text)
  for (const text of hidden) expect(JSON.stringify(events)).not.toContain(text)
})

test.each([
  ['components[0].appId', [{ ...component, appId: '' }], [app]],
  ['components[0].secret', [{ ...component, secret: '' }], [app]],
  ['components[1].appId', [component, component], [app]],
  ['apps[0].component', [component], [{ appId, component: 'wx00000000000000d2' }]],
])('a wrong %s is named', (field, components, apps) => {
  const { grants } = createGrants()
  const options = { apps, components: components.map(one => ({ ...one, grants })) }
  expect(() => createWechat(options)).toThrow(`"${field}" must`)
})

test('a platform without its grants and an app with two ways to be asked for are refused', () => {
  const { grants } = createGrants()
  const { readTicket, ...rest } = grants
  expect(readTicket).toBeTypeOf('function')
  // @ts-expect-error: no way to read the ticket
  expect(() => createWechat({ apps: [], components: [{ ...component, grants: rest }] })).toThrow(
    '"components[0].grants"',
  )
  const components = [{ ...component, grants }]
  // @ts-expect-error: the secret or the platform, not both
  expect(() => createWechat({ apps: [{ ...app, secret }], components })).toThrow('"apps[0].secret" must be left out')
})

test('an app that authorizes the platform at run time is served', async () => {
  const { wechat } = stubPlatform(
    withComponentTokens(() => session),
    undefined,
    { apps: [] },
  )
  await expect(wechat.codeToSession(login)).rejects.toMatchObject({ code: 'misconfigured' })
  wechat.setApp(app)
  expect(await wechat.codeToSession(login)).toMatchObject({ status: 'ok' })
  expect(() => wechat.setApp({ ...app, component: 'wx00000000000000d2' })).toThrow('"app.component" must')
})
