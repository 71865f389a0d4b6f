import { createAuth } from '@weapp-auth/client/wx'
import { baseUrl } from './config'

export const auth = createAuth({ baseUrl, appId: wx.getAccountInfoSync().miniProgram.appId })
