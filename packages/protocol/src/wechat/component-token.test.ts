import { expect, test } from 'vitest'
import { authorizerTokenRequest, readAuthorizerToken } from './authorizer-token.ts'
import { componentTokenRequest, readComponentToken } from './component-token.ts'
import { MalformedAnswer } from './malformed-answer.ts'

const componentAnswer = { component_access_token: 'CT', expires_in: 7200 }
const authorizerAnswer = {
  authorizer_access_token: 'AT',
  expires_in: 7200,
  authorizer_refresh_token: 'refreshtoken@@@R',
}

test('the token of the platform is asked for with its secret and the pushed ticket, in the body', () => {
  expect(componentTokenRequest({ appId: 'wxc', secret: 's' }, 'ticket@@@T')).toEqual({
    method: 'POST',
    path: '/cgi-bin/component/api_component_token',
    query: {},
    body: { component_appid: 'wxc', component_appsecret: 's', component_verify_ticket: 'ticket@@@T' },
  })
  expect(readComponentToken(componentAnswer)).toEqual({ componentAccessToken: 'CT', expiresInSeconds: 7200 })
})

test('the token of an authorizer is asked for with the token of the platform and the refresh token', () => {
  const component = { componentAppId: 'wxc', componentAccessToken: 'CT' }
  expect(authorizerTokenRequest(component, { appId: 'wxa', refreshToken: 'R' })).toEqual({
    method: 'POST',
    path: '/cgi-bin/component/api_authorizer_token',
    query: { access_token: 'CT' },
    body: { component_appid: 'wxc', authorizer_appid: 'wxa', authorizer_refresh_token: 'R' },
  })
  expect(readAuthorizerToken(authorizerAnswer)).toEqual({
    accessToken: 'AT',
    expiresInSeconds: 7200,
    refreshToken: 'refreshtoken@@@R',
  })
})

test.each([
  ...Object.keys(componentAnswer).map(field => [field, readComponentToken, componentAnswer] as const),
  ...Object.keys(authorizerAnswer).map(field => [field, readAuthorizerToken, authorizerAnswer] as const),
])('an answer without %s is refused by name', (field, read, answer) => {
  for (const wrong of [undefined, null, '', {}]) {
    const reading = () => read({ ...answer, [field]: wrong })
    expect(reading).toThrow(MalformedAnswer)
    expect(reading).toThrow(field)
  }
})

test('a refusal keeps its errcode', () => {
  const refused = { errcode: 61006, errmsg: 'component ticket is invalid' }
  for (const read of [readComponentToken, readAuthorizerToken]) expect(() => read(refused)).toThrow('61006')
})
