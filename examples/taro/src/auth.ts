import Taro from '@tarojs/taro'
import { createAuth } from '@weapp-auth/client/taro'
import { baseUrl } from './config'

export const auth = createAuth({ baseUrl, appId: Taro.getAccountInfoSync().miniProgram.appId, host: Taro })
