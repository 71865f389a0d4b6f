import type { Platform } from '../platform/platform.ts'
import { type ApiCall, type Endpoint, grant, refuse, type Verdict } from './endpoint.ts'
import { isText } from './read-app.ts'
import { readComponentBySecret, readComponentByToken } from './read-component.ts'
import { readJsonBody } from './read-json-body.ts'

type Fields = Readonly<Record<string, unknown>>

/** POST with a JSON body, below `/cgi-bin/component/`. */
function endpoint(
  name: Endpoint['name'],
  path: Endpoint['path'],
  answer: (platform: Platform, call: ApiCall, fields: Fields) => Verdict,
): Endpoint {
  return {
    name,
    method: 'POST',
    path,
    errmsgStyle: 'plain',
    contentType: 'application/json; charset=UTF-8',
    handle(platform, call) {
      const read = readJsonBody(call.body)
      return 'granted' in read ? read : answer(platform, call, read.fields)
    },
  }
}

/** Tickets are pushed every ten minutes, and this starts it again; the first comes within ten minutes. */
export const startPushTicket = endpoint(
  'startPushTicket',
  '/cgi-bin/component/api_start_push_ticket',
  (platform, call, { component_appid, component_secret }) => {
    const component = readComponentBySecret(platform, call, component_appid, component_secret)
    if ('granted' in component) return component
    const { appId } = component
    const body = { errcode: 0, errmsg: 'in a normal state' }
    return grant(body, 'ticket 的推送本来就开着', 'tickets are pushed already', { appId })
  },
)

/** The component_access_token, for the newest ticket or one of the last twelve hours. */
export const componentToken = endpoint(
  'getComponentAccessToken',
  '/cgi-bin/component/api_component_token',
  (platform, call, { component_appid, component_appsecret, component_verify_ticket: ticket }) => {
    const component = readComponentBySecret(platform, call, component_appid, component_appsecret)
    if ('granted' in component) return component
    const about = { appId: component.appId }
    const { components, tokens } = platform.state
    const state = isText(ticket) ? components.checkTicket(component.appId, ticket) : 'unknown'
    if (state === 'expired')
      return refuse(61005, 'ticket 已超过十二小时', 'the ticket is older than twelve hours', about)
    if (state === 'unknown') return refuse(61006, '没有推送过这个 ticket', 'this ticket was never pushed', about)
    const { token, generation } = tokens.component(component.appId)
    return grant(
      { component_access_token: token, expires_in: LIFE_SECONDS },
      `给出第 ${generation} 代 component_access_token`,
      `gave component_access_token generation ${generation}`,
      { ...about, facts: { tokenGeneration: generation } },
    )
  },
)

/** What an authorization code stands for: the app, its tokens, and what it lets the platform do. */
export const queryAuth = endpoint(
  'getAuthorizerRefreshToken',
  '/cgi-bin/component/api_query_auth',
  (platform, call, { component_appid, authorization_code: code }) => {
    const component = readComponentByToken(platform, call, component_appid)
    if ('granted' in component) return component
    const { components, tokens } = platform.state
    const componentAppId = component.appId
    const spent = isText(code) ? components.spendCode(componentAppId, code) : 'unknown'
    const about = { appId: componentAppId }
    if (spent === 'expired')
      return refuse(61010, '授权码已超过十分钟', 'the authorization code is older than ten minutes', about)
    if (spent === 'unknown')
      return refuse(61009, '没有这个授权码，或已用过', 'no such authorization code, or it was used', about)
    const sets = components.permissionSets(componentAppId, spent)
    if (sets === null) return notAuthorized(spent)
    return grant(
      {
        authorization_info: {
          authorizer_appid: spent,
          authorizer_access_token: tokens.authorizer(componentAppId, spent).token,
          expires_in: LIFE_SECONDS,
          authorizer_refresh_token: components.refreshToken(componentAppId, spent),
          func_info: sets.map(id => ({ funcscope_category: { id } })),
        },
      },
      '用授权码换到令牌',
      'the authorization code was exchanged for tokens',
      { appId: spent, facts: { componentAppId } },
    )
  },
)

/** The authorizer_access_token of an app, for its refresh token. */
export const authorizerToken = endpoint(
  'getAuthorizerAccessToken',
  '/cgi-bin/component/api_authorizer_token',
  (platform, call, { component_appid, authorizer_appid: appId, authorizer_refresh_token: refreshToken }) => {
    const component = readComponentByToken(platform, call, component_appid)
    if ('granted' in component) return component
    const { components, tokens } = platform.state
    const componentAppId = component.appId
    if (!isText(appId)) return refuse(40013, '缺少 authorizer_appid', 'authorizer_appid is missing')
    const inForce = components.refreshToken(componentAppId, appId)
    if (inForce === null) return notAuthorized(appId)
    const about = { appId, facts: { componentAppId } }
    if (refreshToken !== inForce)
      return refuse(61023, 'refresh token 不对，或已失效', 'the refresh token is wrong, or dead', about)
    const isNew = platform.options.unverified.authorizerRefreshToken === 'new'
    const { token, generation } = tokens.authorizer(componentAppId, appId)
    return grant(
      {
        authorizer_access_token: token,
        expires_in: LIFE_SECONDS,
        authorizer_refresh_token: isNew ? components.renewRefreshToken(componentAppId, appId) : inForce,
      },
      `给出第 ${generation} 代 authorizer_access_token`,
      `gave authorizer_access_token generation ${generation}`,
      about,
    )
  },
)

const LIFE_SECONDS = 7200

function notAuthorized(appId: string) {
  return refuse(61003, '小程序没有授权给这个第三方平台', 'the app has not authorised this third-party platform', {
    appId,
  })
}
