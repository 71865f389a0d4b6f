import type { Platform } from '../platform/platform.ts'
import { type ApiCall, type Endpoint, type Refused, refuse } from './endpoint.ts'
import { exchangeCode } from './exchange-code.ts'
import { isText } from './read-app.ts'
import { checkToken } from './read-token.ts'

/** GET /sns/component/jscode2session: the login of an app through the third-party platform that acts for it. */
export const componentCodeToSession: Endpoint = {
  name: 'thirdpartyCode2Session',
  method: 'GET',
  path: '/sns/component/jscode2session',
  errmsgStyle: 'sns',
  contentType: 'text/plain',
  handle(platform, call) {
    const { query } = call
    const appId = query.get('appid')
    if (!isText(appId)) return refuse(41002, '缺少 appid', 'appid is missing')
    if (!platform.state.directory.findApp(appId)) return refuse(40013, '没有这个小程序', 'no such app')
    const componentAppId = readComponent(platform, call)
    if (typeof componentAppId !== 'string') return { ...componentAppId, appId }
    if (platform.state.components.permissionSets(componentAppId, appId) === null)
      return refuse(61003, '小程序没有授权给这个第三方平台', 'the app has not authorised this third-party platform', {
        appId,
      })
    return exchangeCode(platform, appId, query)
  },
}

/** The third-party platform that calls, proven by its own token. */
function readComponent(platform: Platform, { query, ip }: ApiCall): string | Refused {
  const componentAppId = query.get('component_appid')
  const text = query.get('component_access_token')
  // Seen for missing parameters of this API, though it wants no secret.
  if (!isText(componentAppId)) return refuse(41004, '缺少 component_appid', 'component_appid is missing')
  if (!isText(text)) return refuse(41021, '缺少 component_access_token', 'component_access_token is missing')
  const token = checkToken(platform, text)
  if ('granted' in token) return token
  if (token.space !== 'component') return wrongToken(ip)
  if (token.appId !== componentAppId)
    return refuse(40094, 'component_appid 与令牌不符', 'component_appid is not that of the token')
  return componentAppId
}

/** As the platform writes it when the token is an app's. */
function wrongToken(ip: string): Refused {
  return {
    ...refuse(40090, '要用第三方平台自己的令牌', "this API wants the third-party platform's own token"),
    errmsg: `invalid request source (bad client ip), requestIP: ${ip}`,
  }
}
