import { RID_LIFE_MS, type RidRecord } from '../platform/rids.ts'
import { type Endpoint, grant, refuse } from './endpoint.ts'
import { readJsonBody } from './read-json-body.ts'
import { readToken } from './read-token.ts'

/** POST /cgi-bin/openapi/rid/get: what a refused call of the same account was, for seven days. Secrets are blanked out. */
export const ridInfo: Endpoint = {
  name: 'getRidInfo',
  method: 'POST',
  path: '/cgi-bin/openapi/rid/get',
  errmsgStyle: 'plain',
  contentType: 'application/json; charset=UTF-8',
  permissionSet: 'any',
  handle(platform, call) {
    const appId = readToken(platform, call)
    if (typeof appId !== 'string') return appId
    const read = readJsonBody(call.body)
    if ('granted' in read) return { ...read, appId }
    const { rid } = read.fields
    const about = { appId }
    if (typeof rid !== 'string' || !/^[0-9a-f]{8}(-[0-9a-f]{8}){2}$/.test(rid))
      return refuse(76002, 'rid 的样子不对', 'this does not look like a rid', about)
    // The first group is the time, so age can be told without memory.
    if (platform.clock.now() - Number.parseInt(rid.slice(0, 8), 16) * 1000 > RID_LIFE_MS)
      return refuse(76004, 'rid 超过七天', 'the rid is more than seven days old', about)
    const record = platform.state.rids.find(rid)
    if (!record) return refuse(76001, '没有这个 rid', 'there is no such rid', about)
    if (record.path.startsWith('/sns/'))
      return refuse(76022, '/sns/ 的 rid 不能查', 'rids of /sns/ cannot be asked for', about)
    if (record.appId !== appId) return refuse(76003, 'rid 属于别的账号', 'the rid belongs to another account', about)
    return grant(
      { errcode: 0, errmsg: 'ok', request: requestOf(record) },
      '给出 rid 的详情',
      'told what the rid was',
      about,
    )
  },
}

function requestOf({ rid, at, query, body, response, ip }: RidRecord) {
  return {
    invoke_time: Math.floor(at / 1000),
    // The emulator has no cost of its own; the number follows from the rid.
    cost_in_ms: 10 + (Number.parseInt(rid.slice(-2), 16) % 40),
    request_url: query,
    request_body: body,
    response_body: response,
    client_ip: ip,
  }
}
