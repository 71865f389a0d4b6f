import { createProfile } from '@weapp-auth/client/profile'
import { createSms } from '@weapp-auth/client/sms'
import { createAuth } from '@weapp-auth/client/wx'
import { baseUrl } from './config'

/** All of the SDK that this mini program has: login, phone and session; nickname and avatar; codes by SMS. */
export const auth = createAuth({ baseUrl, appId: wx.getAccountInfoSync().miniProgram.appId })
export const profile = createProfile({ auth })
export const sms = createSms({ auth })
