import { createEmulator, type EmulatedApp, type EmulatedPerson } from '@weapp-auth/emulator'
import { createServer, generateKeyring, type Keyring } from '@weapp-auth/server'
import { createMemoryStore } from '@weapp-auth/server/memory'
import { createWechat } from '@weapp-auth/wechat'
import * as oauth from 'oauth4webapi'
import { afterEach, beforeEach, expect, test } from 'vitest'

const app: EmulatedApp = { appId: 'wx00000000000000c1', secret: '0123456789abcdef0123456789abcdef', name: 'Tea House' }
const lin: EmulatedPerson = { id: 'lin', name: 'Lin', phones: [] }
const orders = { id: 'orders', secret: 'only+for/the=test-0123456789' }
const issuer = 'https://auth.example.com'
const miniProgram: oauth.Client = { client_id: app.appId }
const backend: oauth.Client = { client_id: orders.id }

/** The part of a request that is used. */
interface Sent {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: URLSearchParams | undefined
}

let close: () => Promise<void>
let options: { [oauth.customFetch]: (url: string, init: Sent) => Promise<Response> }
let as: oauth.AuthorizationServer
let tokens: { readonly accessToken: string; readonly refreshToken: string }
let userId: string

async function open(keys: Keyring = generateKeyring()) {
  const emulator = createEmulator({ apps: [app], people: [lin] })
  const wechat = createWechat({ apps: [app], fetch: request => emulator.fetch(request) })
  const store = createMemoryStore()
  const server = createServer({ apps: [app], store, wechat, keys, issuer, backends: [orders] })
  close = async () => {
    await server.close()
    await wechat.close()
    emulator.close()
  }
  options = {
    [oauth.customFetch]: (url, { method, headers, body = null }) =>
      server.fetch(new Request(url, { method, headers, body })),
  }
  const { code } = await emulator.wx(lin.id, app.appId).wx.login()
  const answer = await server.fetch(
    new Request(`${issuer}/v1/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ appId: app.appId, code, nonce: 'nonce-of-the-first-login' }),
    }),
  )
  const login = (await answer.json()) as { tokens: typeof tokens; user: { id: string } }
  tokens = login.tokens
  userId = login.user.id
}

beforeEach(async () => {
  await open()
  const found = await oauth.discoveryRequest(new URL(issuer), { ...options, algorithm: 'oauth2' })
  as = await oauth.processDiscoveryResponse(new URL(issuer), found)
})
afterEach(() => close())

function asked(accessToken: string): Request {
  return new Request('https://orders.example.com/', { headers: { authorization: `Bearer ${accessToken}` } })
}

test('it discovers the server under both names', async () => {
  const response = await oauth.discoveryRequest(new URL(issuer), { ...options, algorithm: 'oidc' })
  expect(await oauth.processDiscoveryResponse(new URL(issuer), response)).toEqual(as)
})

test('a backend verifies an access token by itself (RFC 9068)', async () => {
  const claims = await oauth.validateJwtAccessToken(as, asked(tokens.accessToken), issuer, options)
  expect(claims).toMatchObject({ iss: issuer, aud: issuer, sub: userId, client_id: app.appId })
})

test('it refuses a token for somebody else, and one of another server', async () => {
  const other = 'https://shop.example.com'
  await expect(oauth.validateJwtAccessToken(as, asked(tokens.accessToken), other, options)).rejects.toThrow('aud')
  const foreign = tokens.accessToken
  await close()
  await open()
  await expect(oauth.validateJwtAccessToken(as, asked(foreign), issuer, options)).rejects.toThrow()
})

test.each([
  ['Basic', oauth.ClientSecretBasic(orders.secret)],
  ['the form', oauth.ClientSecretPost(orders.secret)],
])('introspects with the secret by %s', async (_, authentication) => {
  const ask = async (token: string) =>
    oauth.processIntrospectionResponse(
      as,
      backend,
      await oauth.introspectionRequest(as, backend, authentication, token, options),
    )
  expect(await ask(tokens.accessToken)).toMatchObject({ active: true, sub: userId, client_id: app.appId })
  expect(await ask('nonsense')).toEqual({ active: false })
})

test('a wrong secret is an OAuth error with its challenge', async () => {
  const response = await oauth.introspectionRequest(as, backend, oauth.ClientSecretBasic('wrong'), 'x', options)
  await expect(oauth.processIntrospectionResponse(as, backend, response)).rejects.toBeInstanceOf(
    oauth.WWWAuthenticateChallengeError,
  )
})

test('refreshes by the standard grant; a token used twice ends the session', async () => {
  const refresh = async (token: string) =>
    oauth.processRefreshTokenResponse(
      as,
      miniProgram,
      await oauth.refreshTokenGrantRequest(as, miniProgram, oauth.None(), token, options),
    )
  const next = await refresh(tokens.refreshToken)
  expect(next).toMatchObject({ token_type: 'bearer', expires_in: 600 })
  await expect(refresh(tokens.refreshToken)).rejects.toMatchObject({ error: 'invalid_grant', status: 400 })
  await expect(refresh(next.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' })
})

test('revokes as the mini program and as a backend', async () => {
  for (const [client, authentication] of [
    [miniProgram, oauth.None()],
    [backend, oauth.ClientSecretBasic(orders.secret)],
  ] as const) {
    const response = await oauth.revocationRequest(as, client, authentication, tokens.refreshToken, options)
    expect(await oauth.processRevocationResponse(response)).toBeUndefined()
  }
  const response = await oauth.introspectionRequest(
    as,
    backend,
    oauth.ClientSecretBasic(orders.secret),
    tokens.accessToken,
    options,
  )
  expect(await oauth.processIntrospectionResponse(as, backend, response)).toEqual({ active: false })
})
