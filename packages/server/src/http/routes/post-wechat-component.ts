import type { PushStamp } from '../../usecases/prove-push.ts'
import type { ReceiveComponentPush } from '../../usecases/receive-component-push.ts'
import type { Call, FileReply } from '../route.ts'
import { plainText } from './get-wechat-push.ts'

/** Whatever else it answered, WeChat would send the message again. */
export function postWechatComponent(receive: ReceiveComponentPush) {
  return async ({
    body: { stamp, message },
    params: { componentAppId = '' },
    requestId,
  }: Call<{ readonly stamp: PushStamp; readonly message: string }>): Promise<FileReply> => {
    await receive({ componentAppId, stamp, body: message, requestId })
    return plainText('success')
  }
}
