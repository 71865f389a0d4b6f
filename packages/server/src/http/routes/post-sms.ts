import type { SmsAnswer, SmsRequest } from '@weapp-auth/protocol/contract'
import type { SendSms } from '../../usecases/send-sms.ts'
import type { GuardedCall } from '../route.ts'

export function postSms(sendSms: SendSms) {
  return ({ body, session, ip, requestId }: GuardedCall<SmsRequest>): Promise<SmsAnswer> =>
    sendSms({ ...body, session, ip, requestId })
}
