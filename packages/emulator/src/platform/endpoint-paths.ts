/** Every server API that is imitated: its documented English name and its path. */
export const endpointPaths = {
  code2Session: '/sns/jscode2session',
  thirdpartyCode2Session: '/sns/component/jscode2session',
  startPushTicket: '/cgi-bin/component/api_start_push_ticket',
  getComponentAccessToken: '/cgi-bin/component/api_component_token',
  getAuthorizerRefreshToken: '/cgi-bin/component/api_query_auth',
  getAuthorizerAccessToken: '/cgi-bin/component/api_authorizer_token',
  getAccessToken: '/cgi-bin/token',
  getStableAccessToken: '/cgi-bin/stable_token',
  getPhoneNumber: '/wxa/business/getuserphonenumber',
  checkSessionKey: '/wxa/checksession',
  resetUserSessionKey: '/wxa/resetusersessionkey',
  checkEncryptedData: '/wxa/business/checkencryptedmsg',
  getPaidUnionid: '/wxa/getpaidunionid',
  getPluginOpenPId: '/wxa/getpluginopenpid',
  getUserEncryptKey: '/wxa/business/getuserencryptkey',
  clearQuota: '/cgi-bin/clear_quota',
  clearQuotaByAppSecret: '/cgi-bin/clear_quota/v2',
  clearApiQuota: '/cgi-bin/openapi/quota/clear',
  getApiQuota: '/cgi-bin/openapi/quota/get',
  getRidInfo: '/cgi-bin/openapi/rid/get',
  getCallbackIp: '/cgi-bin/getcallbackip',
  getApiDomainIp: '/cgi-bin/get_api_domain_ip',
  callbackCheck: '/cgi-bin/callback/check',
} as const

/** The documented English names of WeChat's server APIs. */
export type EndpointName = keyof typeof endpointPaths

export const endpointNames = Object.keys(endpointPaths) as readonly EndpointName[]

const namesByPath = new Map<string, EndpointName>(endpointNames.map(name => [endpointPaths[name], name]))

export function endpointAt(path: string): EndpointName | undefined {
  return namesByPath.get(path)
}
