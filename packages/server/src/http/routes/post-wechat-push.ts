import type { PushStamp } from '../../usecases/prove-push.ts'
import type { ReceivePush } from '../../usecases/receive-push.ts'
import type { Call, FileReply } from '../route.ts'
import { plainText } from './get-wechat-push.ts'

/** Whatever else it answered, WeChat would send the message again or tell the user that the service is out of order. */
export function postWechatPush({ receive }: ReceivePush) {
  return async ({
    body: { stamp, message },
    params: { appId = '' },
    requestId,
  }: Call<{ readonly stamp: PushStamp; readonly message: string }>): Promise<FileReply> => {
    await receive({ appId, stamp, body: message, requestId })
    return plainText('success')
  }
}
