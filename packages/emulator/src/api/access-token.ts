import type { AccessToken } from '../platform/access-tokens.ts'
import type { Platform } from '../platform/platform.ts'
import { tokenWithheld } from './account-gate.ts'
import { type Endpoint, type Granted, grant, refuse } from './endpoint.ts'
import { readApp } from './read-app.ts'
import { readJsonBody } from './read-json-body.ts'

const JSON_TYPE = 'application/json; charset=UTF-8'

/** GET /cgi-bin/token: every call replaces the token; the one before works for five more minutes. */
export const accessToken: Endpoint = {
  name: 'getAccessToken',
  method: 'GET',
  path: '/cgi-bin/token',
  errmsgStyle: 'plain',
  contentType: JSON_TYPE,
  handle(platform, call) {
    const { query } = call
    if (query.get('grant_type') !== 'client_credential') return wrongGrantType()
    const app = readApp(platform, call, query.get('appid'), query.get('secret'))
    if ('granted' in app) return app
    const withheld = tokenWithheld(platform, app.appId, call)
    if (withheld) return withheld
    return handOver(platform, platform.state.tokens.classic(app.appId))
  },
}

/** POST /cgi-bin/stable_token: the same token until five minutes before its end. */
export const stableToken: Endpoint = {
  name: 'getStableAccessToken',
  method: 'POST',
  path: '/cgi-bin/stable_token',
  errmsgStyle: 'plain',
  contentType: JSON_TYPE,
  handle(platform, call) {
    const read = readJsonBody(call.body)
    if ('granted' in read) return read
    const { grant_type, appid, secret, force_refresh = false } = read.fields
    if (grant_type !== 'client_credential') return wrongGrantType()
    const app = readApp(platform, call, appid, secret)
    if ('granted' in app) return app
    const { appId } = app
    if (typeof force_refresh !== 'boolean')
      return refuse(47001, 'force_refresh 必须是 true 或 false', 'force_refresh must be true or false', { appId })
    const withheld = tokenWithheld(platform, appId, call)
    if (withheld) return withheld
    const token = force_refresh ? platform.state.tokens.forceStable(appId) : platform.state.tokens.stable(appId)
    if (!token)
      return refuse(45009, '今天 20 次 force_refresh 已用完', 'the 20 force_refresh calls of today are used up', {
        appId,
      })
    return handOver(platform, token)
  },
}

function wrongGrantType() {
  return refuse(40002, 'grant_type 必须是 client_credential', 'grant_type must be client_credential')
}

function handOver({ clock }: Platform, { token, appId, space, generation, expiresAt }: AccessToken): Granted {
  const expires_in = Math.floor((expiresAt - clock.now()) / 1000)
  return grant(
    { access_token: token, expires_in },
    `给出第 ${generation} 代 access_token（${space}），还有 ${expires_in} 秒`,
    `gave access_token generation ${generation} (${space}), ${expires_in} s left`,
    { appId, facts: { tokenGeneration: generation, space, expiresIn: expires_in } },
  )
}
