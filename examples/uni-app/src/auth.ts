import { createAuth } from '@weapp-auth/client/uni'
import { baseUrl } from './config'

export const auth = createAuth({ baseUrl, appId: uni.getAccountInfoSync().miniProgram.appId, host: uni })
