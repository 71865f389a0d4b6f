import type { Platform } from '../platform/platform.ts'
import { type ApiCall, type Endpoint, grant, refuse, type Verdict } from './endpoint.ts'
import { isText, readApp } from './read-app.ts'
import { readJsonBody } from './read-json-body.ts'
import { readToken } from './read-token.ts'

/** POST /cgi-bin/clear_quota: today's calls of every API are undone, ten times a month. */
export const clearQuota: Endpoint = {
  name: 'clearQuota',
  method: 'POST',
  path: '/cgi-bin/clear_quota',
  errmsgStyle: 'plain',
  contentType: 'application/json; charset=UTF-8',
  permissionSet: 'any',
  handle(platform, call) {
    const appId = readToken(platform, call)
    if (typeof appId !== 'string') return appId
    const read = readJsonBody(call.body)
    if ('granted' in read) return { ...read, appId }
    if (!isText(read.fields.appid)) return refuse(41002, '缺少 appid', 'appid is missing', { appId })
    if (read.fields.appid !== appId)
      return refuse(40013, 'appid 不是 access_token 的小程序', 'appid is not the app of the access_token', { appId })
    return clear(platform, appId)
  },
}

/** POST /cgi-bin/clear_quota/v2: the same with the secret, for whoever has used up the access_token. Shares the ten times. */
export const clearQuotaByAppSecret: Endpoint = {
  name: 'clearQuotaByAppSecret',
  method: 'POST',
  path: '/cgi-bin/clear_quota/v2',
  errmsgStyle: 'plain',
  contentType: 'application/json; charset=UTF-8',
  handle(platform, call) {
    const fields = readFields(call)
    if ('granted' in fields) return fields
    const app = readApp(platform, call, fields.appid, fields.appsecret)
    return 'granted' in app ? app : clear(platform, app.appId)
  },
}

/** The reference page lists body fields and shows them in the query: both are taken. */
function readFields({ query, body }: ApiCall) {
  const inQuery = query.has('appid') || query.has('appsecret') || body === ''
  if (inQuery) return { appid: query.get('appid'), appsecret: query.get('appsecret') }
  const read = readJsonBody(body)
  return 'granted' in read ? read : { appid: read.fields.appid, appsecret: read.fields.appsecret }
}

function clear({ state }: Platform, appId: string): Verdict {
  return state.quotas.clearAll(appId)
    ? grant({ errcode: 0, errmsg: 'ok' }, '今天的调用次数清零', "today's calls are undone", { appId })
    : refuse(48006, '本月 10 次清零已用完', 'the 10 clears of this month are used up', { appId })
}
