import { type EndpointName, endpointAt } from '../platform/endpoint-paths.ts'
import type { Platform } from '../platform/platform.ts'
import { type ApiCall, type Endpoint, grant, type Refused, refuse } from './endpoint.ts'
import { isText } from './read-app.ts'
import { readJsonBody } from './read-json-body.ts'
import { checkToken, readToken } from './read-token.ts'

/** POST /cgi-bin/openapi/quota/clear: today's calls of one API are undone, fifty times a month. */
export const clearApiQuota: Endpoint = {
  name: 'clearApiQuota',
  method: 'POST',
  path: '/cgi-bin/openapi/quota/clear',
  errmsgStyle: 'plain',
  contentType: 'application/json; charset=UTF-8',
  permissionSet: 'any',
  handle(platform, call) {
    const asked = readAsked(platform, call)
    if ('granted' in asked) return asked
    const { appId, api } = asked
    return platform.state.quotas.clearOne(appId, api)
      ? grant({ errcode: 0, errmsg: 'ok' }, `${api} 今天的次数清零`, `today's calls of ${api} are undone`, { appId })
      : refuse(45009, '本月 50 次清零已用完', 'the 50 clears of this month are used up', { appId })
  },
}

/** POST /cgi-bin/openapi/quota/get: how many calls of one API are left. */
export const getApiQuota: Endpoint = {
  name: 'getApiQuota',
  method: 'POST',
  path: '/cgi-bin/openapi/quota/get',
  errmsgStyle: 'plain',
  contentType: 'application/json; charset=UTF-8',
  permissionSet: 'any',
  handle(platform, call) {
    const asked = readAsked(platform, call)
    if ('granted' in asked) return asked
    const { appId, api } = asked
    const { daily, perMinute, used } = platform.state.quotas.usage(appId, api)
    const rate = Number.isFinite(perMinute) ? { call_count: perMinute, refresh_second: 60 } : null
    return grant(
      {
        errcode: 0,
        errmsg: 'ok',
        quota: { daily_limit: daily, used, remain: Math.max(0, daily - used) },
        ...(rate ? { [forThirdParty(platform, call) ? 'component_rate_limit' : 'rate_limit']: rate } : {}),
      },
      `${api} 今天用了 ${used} 次`,
      `${api} was called ${used} times today`,
      { appId, facts: { used } },
    )
  },
}

function readAsked(
  platform: Platform,
  call: ApiCall,
): { readonly appId: string; readonly api: EndpointName } | Refused {
  const appId = readToken(platform, call)
  if (typeof appId !== 'string') return appId
  const read = readJsonBody(call.body)
  if ('granted' in read) return { ...read, appId }
  const { cgi_path: path } = read.fields
  if (!isText(path)) return refuse(76021, '缺少 cgi_path', 'cgi_path is missing', { appId })
  if (path.includes('/sns/'))
    return refuse(76022, '/sns/ 的接口不能查', 'paths with /sns/ cannot be asked for', { appId })
  const api = endpointAt(path)
  if (!api) return refuse(76021, '没有模拟这个 cgi_path', 'this cgi_path is not imitated', { appId })
  return { appId, api }
}

function forThirdParty(platform: Platform, { query }: ApiCall): boolean {
  const token = checkToken(platform, query.get('access_token') ?? '')
  return !('granted' in token) && token.componentAppId !== null
}
