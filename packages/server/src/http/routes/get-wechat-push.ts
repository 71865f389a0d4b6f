import type { PushStamp } from '../../usecases/prove-push.ts'
import type { ReceivePush } from '../../usecases/receive-push.ts'
import { type Call, FileReply } from '../route.ts'

/** WeChat checks the URL: it wants its text back, raw. */
export function getWechatPush({ checkUrl }: ReceivePush) {
  return async ({
    body: { stamp, echo },
    params: { appId = '' },
    requestId,
  }: Call<{ readonly stamp: PushStamp; readonly echo: string }>): Promise<FileReply> =>
    plainText(checkUrl({ appId, stamp, echo, requestId }))
}

export function plainText(text: string): FileReply {
  return new FileReply(new TextEncoder().encode(text), { 'content-type': 'text/plain; charset=utf-8' })
}
