import { expect, test } from 'vitest'
import endpoints from '../../vectors/endpoints.json' with { type: 'json' }
import vectors from '../../vectors/wechat-vectors.json' with { type: 'json' }
import { accessTokenRequest, stableTokenRequest } from './access-token.ts'
import { checkEncryptedDataRequest } from './check-encrypted-data.ts'
import { checkSessionRequest } from './check-session.ts'
import { codeToSessionRequest, componentCodeToSessionRequest } from './code-to-session.ts'
import { phoneByCodeRequest } from './phone-by-code.ts'
import { resetSessionKeyRequest } from './reset-session-key.ts'
import { sessionSignature } from './session-signature.ts'
import type { WireRequest } from './wire-request.ts'

const app = { appId: 'wx1234567890abcdef', secret: '0123456789abcdef0123456789abcdef' }
const held = { openId: 'oGZUI0egBJY1zhBYw2KhdUfwVJJE', sessionKey: 'tiihtNczf5v6AKRyjwEUhQ==' }
const proof = {
  access_token: 'T',
  openid: held.openId,
  signature: sessionSignature(held.sessionKey),
  sig_method: 'hmac_sha256',
}

const requests: Readonly<Record<string, WireRequest>> = {
  code2Session: codeToSessionRequest(app, 'c'),
  thirdpartyCode2Session: componentCodeToSessionRequest(
    { componentAppId: 'wxc', componentAccessToken: 'CT' },
    app.appId,
    'c',
  ),
  checkSessionKey: checkSessionRequest('T', held),
  ResetUserSessionKey: resetSessionKeyRequest('T', held),
  getPhoneNumber: phoneByCodeRequest('T', { code: 'c', openId: held.openId }),
  checkEncryptedData: checkEncryptedDataRequest('T', 'AAAA'),
  getAccessToken: accessTokenRequest(app),
  getStableAccessToken: stableTokenRequest(app),
}

test.each(Object.entries(requests))('%s has the method, path, query and body of the documentation', (name, request) => {
  const documented = endpoints.endpoints.find(endpoint => endpoint.name === name)
  if (documented === undefined) throw new Error(`${name} is not documented`)
  expect(request).toMatchObject({ method: documented.method, path: documented.path })
  const fixed = (documented.query ?? []).filter(field => field.includes('=')).map(field => field.split('='))
  expect(Object.keys(request.query).sort()).toEqual((documented.query ?? []).map(field => field.split('=')[0]).sort())
  expect(request.query).toMatchObject(Object.fromEntries(fixed))
  expect(Object.keys(request.body ?? {}).sort()).toEqual(Object.keys(documented.body ?? {}).sort())
})

test('every value is in its place', () => {
  expect(requests.code2Session?.query).toEqual({
    appid: app.appId,
    secret: app.secret,
    js_code: 'c',
    grant_type: 'authorization_code',
  })
  expect(requests.thirdpartyCode2Session?.query).toEqual({
    appid: app.appId,
    js_code: 'c',
    grant_type: 'authorization_code',
    component_appid: 'wxc',
    component_access_token: 'CT',
  })
  expect(requests.checkSessionKey?.query).toEqual(proof)
  expect(requests.ResetUserSessionKey?.query).toEqual(proof)
  expect(requests.getPhoneNumber).toMatchObject({
    query: { access_token: 'T' },
    body: { code: 'c', openid: held.openId },
  })
  expect(requests.getStableAccessToken?.body).toEqual({
    grant_type: 'client_credential',
    appid: app.appId,
    secret: app.secret,
    force_refresh: false,
  })
})

test('the openid is sent with a phone code only when it is given', () => {
  expect(phoneByCodeRequest('T', { code: 'c' }).body).toEqual({ code: 'c' })
})

test('a token is forced only on demand', () => {
  expect(stableTokenRequest(app, { forceRefresh: true }).body).toMatchObject({ force_refresh: true })
})

test('the session_key itself is in no request', () => {
  for (const request of [requests.checkSessionKey, requests.ResetUserSessionKey]) {
    expect(JSON.stringify(request)).not.toContain(held.sessionKey)
  }
})

test.each(vectors.openData)('the hash of checkEncryptedData is over the Base64 text: $id', vector => {
  const { encryptedData, encryptedData_string_sha256_hex: overText, ciphertext_sha256_hex: overBytes } = vector
  const { body } = checkEncryptedDataRequest('T', encryptedData)
  expect(body).toEqual({ encrypted_msg_hash: overText })
  expect(overText).not.toBe(overBytes)
})
