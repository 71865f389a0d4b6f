import type { IntrospectionAnswer, OauthProblem, OauthTokenAnswer } from '@weapp-auth/protocol/contract'
import { routes } from '@weapp-auth/protocol/contract'
import { expect, test } from 'vitest'
import { appId, expectProblem, issuer, openServer, otherAppId } from '../../test/open-server.ts'

const orders = { id: 'orders', secret: 'only+for/the=test-0123456789' }
const owner = { id: 'owner', secret: 'another-only-for-the-test-01', wechatAccessToken: [appId] }

function openOauth() {
  const use = openServer({ backends: [orders, owner] })
  const basic = ({ id, secret }: { id: string; secret: string }) =>
    `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
  function form<T>(path: string, values: Readonly<Record<string, string>>, authorization?: string) {
    const headers = authorization === undefined ? {} : { authorization }
    return use.send<T & OauthProblem>(path, { method: 'POST', headers, body: new URLSearchParams(values) })
  }
  return {
    ...use,
    basic,
    form,
    introspect: (token: string, authorization = basic(orders)) =>
      form<IntrospectionAnswer>(routes.introspect, { token }, authorization),
    refresh: (values: Readonly<Record<string, string>>) =>
      form<OauthTokenAnswer>(routes.oauthToken, { grant_type: 'refresh_token', client_id: appId, ...values }),
  }
}

test('introspection tells whose a live token is', async () => {
  const { introspect, logIn, time } = openOauth()
  const { tokens, user } = await logIn()
  const common = { active: true, iss: issuer, aud: issuer, sub: user.id, client_id: appId }
  const exp = time.now / 1000
  expect((await introspect(tokens.accessToken)).body).toMatchObject({
    ...common,
    token_type: 'Bearer',
    token_use: 'access_token',
    exp: exp + 600,
  })
  const refresh = (await introspect(tokens.refreshToken)).body
  expect(refresh).toMatchObject({ ...common, token_use: 'refresh_token', exp: exp + 7 * 86_400 })
  expect(refresh).not.toHaveProperty('token_type')
})

test('of a token that is not live introspection tells nothing', async () => {
  const { introspect, logIn, rotate, post, pass } = openOauth()
  const { tokens } = await logIn()
  await rotate(tokens.refreshToken, 'nonce-nonce-nonce')
  const dead = async (token: string) => expect((await introspect(token)).body).toEqual({ active: false })
  await dead(tokens.refreshToken)
  await dead('nonsense')
  await dead(`${tokens.accessToken}x`)
  const { tokens: ended } = await logIn('openid-of-wang')
  await post(routes.logout, { refreshToken: ended.refreshToken })
  await dead(ended.accessToken)
  await dead(ended.refreshToken)
  pass(600_000)
  await dead(tokens.accessToken)
})

test.each([
  ['no credentials', undefined],
  ['a wrong secret', `Basic ${Buffer.from('orders:wrong').toString('base64')}`],
  ['an unknown id', `Basic ${Buffer.from(`nobody:${orders.secret}`).toString('base64')}`],
  ['an id without a secret', `Basic ${Buffer.from('orders').toString('base64')}`],
  ['no Base64', 'Basic ***'],
  ['another scheme', 'Bearer orders'],
])('refuses a backend with %s in one and the same way', async (_, authorization) => {
  const { form, logIn } = openOauth()
  const { token } = await logIn()
  const answer = await form(routes.introspect, { token }, authorization)
  expect(answer.status).toBe(401)
  expect(answer.body).toMatchObject({ error: 'invalid_client', code: 'backend_unauthorized' })
  expect(answer.headers.get('www-authenticate')).toBe('Basic realm="weapp-auth"')
})

test('reads credentials from the form, and Basic ones that were form-encoded first', async () => {
  const { form, logIn } = openOauth()
  const { token } = await logIn()
  const posted = await form<IntrospectionAnswer>(routes.introspect, {
    token,
    client_id: orders.id,
    client_secret: orders.secret,
  })
  expect(posted.body).toMatchObject({ active: true })
  const encoded = Buffer.from(`orders:${encodeURIComponent(orders.secret)}`).toString('base64')
  const basic = await form<IntrospectionAnswer>(routes.introspect, { token }, `Basic ${encoded}`)
  expect(basic.body).toMatchObject({ active: true })
})

test('two ways of proving oneself at once are refused (RFC 6749, section 2.3)', async () => {
  const { form, basic } = openOauth()
  const values = { token: 'x', client_id: orders.id, client_secret: orders.secret }
  expect((await form(routes.introspect, values, basic(orders))).body).toMatchObject({ error: 'invalid_client' })
})

test('a backend revokes any session, by either token, once or twice', async () => {
  const { form, basic, logIn, me, eventsOf } = openOauth()
  for (const kind of ['accessToken', 'refreshToken'] as const) {
    const { tokens } = await logIn()
    expect((await form(routes.revoke, { token: tokens[kind] }, basic(orders))).status).toBe(200)
    expect((await form(routes.revoke, { token: tokens[kind] }, basic(orders))).status).toBe(200)
    expectProblem(await me(tokens.accessToken), 401, 'token_invalid')
  }
  expect(eventsOf('session-ended')).toMatchObject([{ reason: 'backend' }, { reason: 'backend' }])
  expect((await form(routes.revoke, { token: 'nonsense' }, basic(orders))).status).toBe(200)
})

test('a mini program revokes its own sessions and no others', async () => {
  const { form, logIn, me } = openOauth()
  const { tokens } = await logIn()
  const foreign = await form(routes.revoke, { token: tokens.refreshToken, client_id: otherAppId })
  expect(foreign).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  expect((await me(tokens.accessToken)).status).toBe(200)
  expect((await form(routes.revoke, { token: tokens.refreshToken, client_id: appId })).status).toBe(200)
  expectProblem(await me(tokens.accessToken), 401, 'token_invalid')
  expect((await form(routes.revoke, { token: tokens.refreshToken })).body).toMatchObject({ error: 'invalid_client' })
})

test('the refresh token grant rotates as POST /v1/token does', async () => {
  const { refresh, logIn, me } = openOauth()
  const { tokens } = await logIn()
  const first = await refresh({ refresh_token: tokens.refreshToken, nonce: 'nonce-nonce-nonce' })
  expect(first.body).toMatchObject({ token_type: 'Bearer', expires_in: 600 })
  expect((await me(first.body.access_token)).status).toBe(200)
  const again = await refresh({ refresh_token: tokens.refreshToken, nonce: 'nonce-nonce-nonce' })
  expect(again.body.refresh_token).toBe(first.body.refresh_token)
  const stolen = await refresh({ refresh_token: tokens.refreshToken })
  expect(stolen).toMatchObject({ status: 400, body: { error: 'invalid_grant', error_description: 'refresh_reused' } })
  expectProblem(await me(first.body.access_token), 401, 'token_invalid')
})

test.each([
  ['another grant', { grant_type: 'password' }, 'unsupported_grant_type'],
  ['no token of ours', { refresh_token: 'wxa_rt_nonsense' }, 'invalid_grant'],
  ['the token of another mini program', { client_id: otherAppId }, 'invalid_grant'],
  ['no token', { refresh_token: '' }, 'invalid_request'],
] as const)('the grant refuses %s', async (_, values, error) => {
  const { refresh, logIn } = openOauth()
  const { tokens } = await logIn()
  const answer = await refresh({ refresh_token: tokens.refreshToken, ...values })
  expect(answer).toMatchObject({ status: 400, body: { error } })
  expect(answer.headers.get('content-type')).toMatch('application/json')
  expect(answer.body.error_description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/)
})

test('a form is asked for, and each parameter once', async () => {
  const { send, post } = openOauth()
  expect((await post(routes.introspect, { token: 'x' })).body).toMatchObject({ error: 'invalid_request' })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const twice = await send<OauthProblem>(routes.revoke, { method: 'POST', headers, body: 'token=a&token=b' })
  expect(twice).toMatchObject({ status: 400, body: { error: 'invalid_request', code: 'request_malformed' } })
})

test('a backend that is allowed to gets the access_token of an app, and only of that one', async () => {
  const { send, basic } = openOauth()
  const ask = (backend: typeof orders, app: string) =>
    send<{ accessToken: string }>(`${routes.wechatAccessToken}?appId=${app}`, {
      headers: { authorization: basic(backend) },
    })
  expect((await ask(owner, appId)).body).toEqual({ accessToken: `access token of ${appId}` })
  expectProblem(await ask(owner, otherAppId), 403, 'backend_forbidden')
  expectProblem(await ask(orders, appId), 403, 'backend_forbidden')
  expectProblem(await ask({ ...owner, secret: 'x' }, appId), 401, 'backend_unauthorized')
})

test('the metadata names what is there', async () => {
  const { get } = openOauth()
  const { body } = await get<Record<string, unknown>>(routes.oauthMetadata)
  expect(body).toMatchObject({ issuer, jwks_uri: `${issuer}/.well-known/jwks.json`, response_types_supported: [] })
  expect((await get(routes.openidConfiguration)).body).toEqual(body)
})

test.each([
  [[{ id: 'a b', secret: orders.secret }], '"backends[0].id"'],
  [[{ id: 'a', secret: 'short' }], '"backends[0].secret"'],
  [[orders, orders], '"backends[1].id" must be unique'],
])('a backend that cannot be used is refused at the start', (backends, message) => {
  expect(() => openServer({ backends })).toThrow(message)
})
