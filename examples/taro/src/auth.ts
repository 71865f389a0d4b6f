import Taro from '@tarojs/taro'
import { createProfile } from '@weapp-auth/client/profile'
import { createSms } from '@weapp-auth/client/sms'
import { createAuth } from '@weapp-auth/client/taro'
import { baseUrl } from './config'

/** All of the SDK that this mini program has: login, phone and session; nickname and avatar; codes by SMS. */
export const auth = createAuth({ baseUrl, appId: Taro.getAccountInfoSync().miniProgram.appId, host: Taro })
export const profile = createProfile({ auth })
export const sms = createSms({ auth })
