import type { PhoneAnswer, SmsVerifyRequest } from '@weapp-auth/protocol/contract'
import type { VerifySms } from '../../usecases/verify-sms.ts'
import type { GuardedCall } from '../route.ts'

export function postSmsVerify(verifySms: VerifySms) {
  return ({ body, session, requestId }: GuardedCall<SmsVerifyRequest>): Promise<PhoneAnswer> =>
    verifySms({ ...body, session, requestId })
}
