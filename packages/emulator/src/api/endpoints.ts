import { accessToken, stableToken } from './access-token.ts'
import { checkEncryptedData } from './check-encrypted-data.ts'
import { checkSessionKey, resetUserSessionKey } from './check-session-key.ts'
import { codeToSession } from './code-to-session.ts'
import type { Endpoint } from './endpoint.ts'
import { phoneNumber } from './phone-number.ts'

/** Every WeChat endpoint that is imitated. */
export const endpoints: readonly Endpoint[] = [
  codeToSession,
  accessToken,
  stableToken,
  phoneNumber,
  checkSessionKey,
  resetUserSessionKey,
  checkEncryptedData,
]
