import { createConsent } from '@weapp-auth/client/consent'
import { reportFunnel } from '@weapp-auth/client/funnel'
import { createSms } from '@weapp-auth/client/sms'
import { createAuth } from '@weapp-auth/client/wx'
import { baseUrl } from './config'

const server = { baseUrl, appId: wx.getAccountInfoSync().miniProgram.appId }

/**
 * All of the SDK that this mini program has: login, phone and session, with counts of the phone button for the console; the
 * privacy guideline; codes by SMS.
 */
export const auth = reportFunnel(createAuth(server), server)
export const consent = createConsent({ auth, host: wx })
export const sms = createSms({ auth })
