import { type Endpoint, grant } from './endpoint.ts'
import { readToken } from './read-token.ts'

/** Addresses for documentation (RFC 5737); pushes of the emulator really come from this machine. */
const CALLBACK_IPS = ['127.0.0.1', '203.0.113.7', '198.51.100.0/25']
const API_IPS = ['127.0.0.1', '203.0.113.8', '203.0.113.9']

/** GET /cgi-bin/getcallbackip: where message push comes from. */
export const callbackIp: Endpoint = {
  name: 'getCallbackIp',
  method: 'GET',
  path: '/cgi-bin/getcallbackip',
  errmsgStyle: 'plain',
  contentType: 'application/json; charset=UTF-8',
  permissionSet: 'any',
  handle: (platform, call) => {
    const appId = readToken(platform, call)
    if (typeof appId !== 'string') return appId
    return grant({ ip_list: CALLBACK_IPS }, '给出推送服务器的地址', 'told where message push comes from', { appId })
  },
}

/** GET /cgi-bin/get_api_domain_ip: where the API is. */
export const apiDomainIp: Endpoint = {
  name: 'getApiDomainIp',
  method: 'GET',
  path: '/cgi-bin/get_api_domain_ip',
  errmsgStyle: 'plain',
  contentType: 'application/json; charset=UTF-8',
  permissionSet: 'any',
  handle: (platform, call) => {
    const appId = readToken(platform, call)
    if (typeof appId !== 'string') return appId
    return grant({ ip_list: API_IPS }, '给出接口服务器的地址', 'told where the API is', { appId })
  },
}
