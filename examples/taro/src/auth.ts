import Taro from '@tarojs/taro'
import { createConsent, type PrivacyHost } from '@weapp-auth/client/consent'
import { createProfile } from '@weapp-auth/client/profile'
import { createSms } from '@weapp-auth/client/sms'
import { createAuth } from '@weapp-auth/client/taro'
import { baseUrl } from './config'

/** Only WeChat has a privacy guideline, so it is asked itself. */
declare const wx: PrivacyHost

/** All of the SDK that this mini program has: login, phone and session; the privacy guideline; nickname and avatar; SMS. */
export const auth = createAuth({ baseUrl, appId: Taro.getAccountInfoSync().miniProgram.appId, host: Taro })
export const consent = createConsent({ auth, host: wx })
export const profile = createProfile({ auth })
export const sms = createSms({ auth })
