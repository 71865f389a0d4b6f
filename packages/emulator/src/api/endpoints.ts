import { accessToken, stableToken } from './access-token.ts'
import { clearApiQuota, getApiQuota } from './api-quota.ts'
import { callbackCheck } from './callback-check.ts'
import { checkEncryptedData } from './check-encrypted-data.ts'
import { checkSessionKey, resetUserSessionKey } from './check-session-key.ts'
import { clearQuota, clearQuotaByAppSecret } from './clear-quota.ts'
import { codeToSession } from './code-to-session.ts'
import { componentCodeToSession } from './component-code-to-session.ts'
import { authorizerToken, componentToken, queryAuth, startPushTicket } from './component-tokens.ts'
import type { Endpoint } from './endpoint.ts'
import { paidUnionid } from './paid-unionid.ts'
import { phoneNumber } from './phone-number.ts'
import { pluginOpenPId } from './plugin-openpid.ts'
import { ridInfo } from './rid-info.ts'
import { apiDomainIp, callbackIp } from './server-ips.ts'
import { userEncryptKey } from './user-encrypt-key.ts'

/** Every WeChat endpoint that is imitated. */
export const endpoints: readonly Endpoint[] = [
  codeToSession,
  componentCodeToSession,
  startPushTicket,
  componentToken,
  queryAuth,
  authorizerToken,
  accessToken,
  stableToken,
  phoneNumber,
  checkSessionKey,
  resetUserSessionKey,
  checkEncryptedData,
  paidUnionid,
  pluginOpenPId,
  userEncryptKey,
  clearQuota,
  clearQuotaByAppSecret,
  clearApiQuota,
  getApiQuota,
  ridInfo,
  callbackIp,
  apiDomainIp,
  callbackCheck,
]
