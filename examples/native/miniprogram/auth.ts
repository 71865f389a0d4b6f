import { createConsent } from '@weapp-auth/client/consent'
import { createSms } from '@weapp-auth/client/sms'
import { createAuth } from '@weapp-auth/client/wx'
import { baseUrl } from './config'

/** All of the SDK that this mini program has: login, phone and session; the privacy guideline; codes by SMS. */
export const auth = createAuth({ baseUrl, appId: wx.getAccountInfoSync().miniProgram.appId })
export const consent = createConsent({ auth, host: wx })
export const sms = createSms({ auth })
